-- The operator names regions; the edge's header says where a request comes from. By default no
-- region is blocked. Who does not say where it comes from comes from XX.

begin;
\ir ../support/helpers.sql
select plan(12);

select make_user('ann', 1000);
select open_pot('big', '{"max_tickets": 100, "max_per_user": 100}');
select headers('{"cf-ipcountry": "kp"}');
select ok(join_pot('ann', 'big', 1) ? 'entry_id', 'any region, until one is blocked');
select set_rail('global', null, 'blocked_regions', '["KP", "T1"]');

select turned_away(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 1, "idempotency_key": "k"}'),
    'PT403', 'region_blocked', '{}', '{private.events}', 'KP, in either case'
);
select is(
    (select jsonb_agg(e.data) from private.events as e where e.kind = 'join_refused'),
    '[{"code": "region_blocked", "region": "KP"}]', 'recorded, with the region'
);
select headers('{"cf-ipcountry": "T1"}');
select is(join_pot('ann', 'big') ->> 'message', 'region_blocked', 'so is Tor, which has a code');
select headers('{"cf-ipcountry": "ZZ"}');
select ok(
    join_pot('ann', 'big', 1, 'k') ? 'entry_id',
    'ZZ is welcome, and the refusal did not use the key up'
);
select headers('{}');
select ok(join_pot('ann', 'big', 1) ? 'entry_id', 'and so is a request that does not say');

select set_rail('global', null, 'blocked_regions', '["XX"]');
select is(join_pot('ann', 'big') ->> 'message', 'region_blocked', 'XX: who does not say');
select headers('{"cf-ipcountry": "a place"}');
select is(join_pot('ann', 'big') ->> 'message', 'region_blocked', 'who says what is no region');
select headers('{"cf-ipcountry": "XX"}');
select is(
    join_pot('ann', 'big') ->> 'message', 'region_blocked', 'and who comes from XX'
);
select headers('{"cf-ipcountry": "KP"}');
select ok(join_pot('ann', 'big') ? 'entry_id', 'a later list takes the place of the one before');

select is(
    (select array_agg(e.region order by e.seq) from public.pot_entries as e),
    '{KP,ZZ,XX,KP}', 'an entry keeps its region'
);

select * from finish();
rollback;
