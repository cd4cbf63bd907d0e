-- The operator names regions; the proxy's header says where a request comes from. By default no
-- region is blocked.

begin;
\ir ../support/helpers.sql
select plan(6);

select make_user('ann', 100);
select open_pot('big');
select headers('{"cf-ipcountry": "xx"}');
select ok(join_pot('ann', 'big', 1) ? 'entry_id', 'any region, until one is blocked');
update private.settings set blocked_regions = '{XX,YY}' where only_row;

select turned_away(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 1, "idempotency_key": "k"}'),
    'PT403', 'region_blocked', '{}', '{private.actors,private.events}', 'XX, in either case'
);
select is(
    (select jsonb_agg(e.data) from private.events as e where e.kind = 'join_refused'),
    '[{"code": "region_blocked"}]', 'recorded'
);
select headers('{"cf-ipcountry": "ZZ"}');
select ok(
    join_pot('ann', 'big', 1, 'k') ? 'entry_id',
    'ZZ is welcome, and the refusal did not use the key up'
);
select headers('{}');
select ok(join_pot('ann', 'big', 1) ? 'entry_id', 'and so is a request that does not say');

select * from finish();
rollback;
