-- A page counts down to the deadlines of a pot whatever its own clock shows: get_pot tells the
-- database's, and from the lock on when a missing seed has everybody refunded.

begin;
\ir ../support/helpers.sql
select plan(7);

create function pg_temp.timers(p_name text)
returns jsonb
language sql
as $$
    select rpc('anon', 'get_pot', on_pot(p_name)) -> 'timers'
$$;

select freeze_time('2023-09-15 10:57:00Z');
select register_keys();
select open_pot('one');
select open_pot('two', '{"draw_version": 2}');
select freeze_time('2023-09-15 10:58:00.25Z');
select is(
    pg_temp.timers('one'), '{"now": "2023-09-15T10:58:00.250000Z", "reveal_by": null}',
    'an open pot waits for no seed'
);
select bring_to('one', 'settling');
select freeze_time('2023-09-15 10:59:33Z');
select bring_to('two', 'settling');
select is(
    pg_temp.timers('one'),
    '{"now": "2023-09-15T10:59:33.000000Z", "reveal_by": "2023-09-15T11:08:00.250000Z"}',
    'draw 1: ten minutes from its lock on'
);
select is(
    pg_temp.timers('two') ->> 'reveal_by', '2023-09-15T10:59:57.000000Z',
    'draw 2: 6 seconds before its round, at 11:00:03'
);
update private.settings as s set reveal_timeout = '20 seconds' where s.only_row;
select is(
    pg_temp.timers('two') ->> 'reveal_by', '2023-09-15T10:59:53.000000Z',
    'or when the operator''s time for it is over, if that is earlier'
);
update private.settings as s set reveal_timeout = '10 minutes' where s.only_row;

select reveal('two');
select is(
    pg_temp.timers('two') ->> 'now', '2023-09-15T10:59:33.000000Z', 'its beacon is still to come'
);
select reveal('one');
select is(pg_temp.timers('one'), 'null', 'what is settled waits for nothing');
select open_pot('gone');
select rpc('pot_compliance:carol', 'void_pot', on_pot('gone', '{"reason": "a test"}'));
select is(pg_temp.timers('gone'), 'null', 'nor does what was called off');

select * from finish();
rollback;
