-- A day of a limit is 24 hours, a week 168: also for who asks with a time zone (Prefer: timezone=)
-- in which the clocks were put forward since, and the day had 23.

begin;
\ir ../support/helpers.sql
select plan(6);

-- In New York 2 o'clock of March 10th was 3 o'clock.
select freeze_time('2030-03-09 12:30:00Z');
select make_user(p.name, 1000) from unnest('{ann,bob,cat}'::text[]) as p (name);
select open_pot('big', '{"max_tickets": 1000, "max_per_user": 100, "fill_seconds": 2000000}');
select rpc('ann', 'set_play_limits', '{"day": 30, "week": 1000, "month": 1000}');
select join_pot(p.name, 'big', 3) from unnest('{ann,bob,cat}'::text[]) as p (name);
select set_rail('global', null, 'joins_per_day', '1');
select rpc('ann', 'set_play_limits', '{"day": 30, "week": 30, "month": 1000}');

select freeze_time('2030-03-10 12:29:59Z');
set local timezone = 'America/New_York';
select is(
    join_pot('bob', 'big') ->> 'message', 'velocity_exceeded',
    'a join of 23 hours, 59 minutes and 59 seconds ago counts'
);
select is(
    rpc('service_role', 'join_pots', jsonb_build_object('batch', jsonb_build_array(
        on_pot('big', jsonb_build_object('user_id', user_id('cat'), 'ticket_count', 1))
    ))) #>> '{results,0,message}',
    'velocity_exceeded', 'in a batch too'
);
select set_rail('global', null, 'joins_per_day', null);
select is(
    join_pot('ann', 'big') ->> 'details', '{"left": 0, "limit": "play_day"}',
    'and what it cost is spent of the player''s own limit'
);
select freeze_time('2030-03-10 12:30:00Z');
select is(
    join_pot('ann', 'big') ->> 'details', '{"left": 0, "limit": "play_week"}',
    'a second later it is of the week alone'
);
select freeze_time('2030-03-16 12:29:59Z');
select is(
    join_pot('ann', 'big') ->> 'details', '{"left": 0, "limit": "play_week"}',
    'to its last second'
);
select freeze_time('2030-03-16 12:30:00Z');
select ok(join_pot('ann', 'big') ? 'entry_id', 'and then of neither');

select * from finish();
rollback;
