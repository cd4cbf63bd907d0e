-- A player's joins, and the credits of them, in the last minute and the last 24 hours; there is no
-- limit by default. What was taken back counts too: it is the speed that is limited.

begin;
\ir ../support/helpers.sql
select plan(23);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 10000);
select make_user('bob', 1000);
select open_pot(
    'big',
    '{"max_tickets": 100000, "max_per_user": 1000, "entry_cost": 1, "fill_seconds": 600000}'
);
select is(
    count(*) filter (where join_pot('ann', 'big', 1) ? 'entry_id'), 100::bigint,
    '100 joins at once by default'
)
from generate_series(1, 100);

select pass_time('25 hours');
select set_rail('global', null, 'joins_per_minute', '2');
select ok(join_pot('ann', 'big', 1) ? 'entry_id', 'the first of this minute');
select pass_time('30 seconds');
select ok(join_pot('ann', 'big', 1) ? 'entry_id', 'the second');
select turned_away(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 1}'),
    'PT429', 'velocity_exceeded', '{"limit": "joins_per_minute", "left": 0}',
    '{private.events}', 'the third'
);
select is(
    (select jsonb_agg(e.data) from private.events as e where e.kind = 'join_refused'),
    '[{"code": "velocity_exceeded", "limit": "joins_per_minute", "left": 0}]', 'recorded'
);
select cancel_entry('ann', 'big');
select is(
    join_pot('ann', 'big') ->> 'message', 'velocity_exceeded', 'taking one back makes no room'
);
select ok(join_pot('bob', 'big', 1) ? 'entry_id', 'others are not held up');
select pass_time('29.999 seconds');
select is(join_pot('ann', 'big') ->> 'message', 'velocity_exceeded', 'not within the minute');
select pass_time('0.001 seconds');
select ok(join_pot('ann', 'big', 1) ? 'entry_id', 'a minute after the first there is room again');

select pass_time('25 hours');
select set_rail('global', null, 'joins_per_minute', null);
select set_rail('global', null, 'credits_per_minute', '10');
select ok(join_pot('ann', 'big', 7) ? 'entry_id', '7 of 10 credits a minute');
select turned_away(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 4}'),
    'PT429', 'velocity_exceeded', '{"limit": "credits_per_minute", "left": 3}',
    '{private.events}', '4 more are too many'
);
select ok(join_pot('ann', 'big', 3) ? 'entry_id', '3 more are not');
select is(
    join_pot('ann', 'big') ->> 'details', '{"left": 0, "limit": "credits_per_minute"}',
    'and then none is left'
);
select is(
    join_pot('ann', 'big', 2147483647) ->> 'details', '{"left": 0, "limit": "credits_per_minute"}',
    'nor 2147483647'
);

select pass_time('25 hours');
select set_rail('global', null, 'credits_per_minute', null);
select set_rail('global', null, 'joins_per_day', '2');
select set_rail('global', null, 'credits_per_day', '10');
select ok(join_pot('ann', 'big', 9) ? 'entry_id', 'the first join of the day');
select pass_time('23 hours');
select is(
    join_pot('ann', 'big', 2) ->> 'details', '{"left": 1, "limit": "credits_per_day"}',
    'for 9 of 10 credits a day'
);
select ok(join_pot('ann', 'big', 1) ? 'entry_id', 'the second');
select is(
    join_pot('ann', 'big', 1) ->> 'details', '{"left": 0, "limit": "joins_per_day"}',
    'of 2 joins a day'
);
select pass_time('59 minutes 59.999 seconds');
select is(join_pot('ann', 'big') ->> 'message', 'velocity_exceeded', 'not before the day is over');
select pass_time('0.001 seconds');
select ok(join_pot('ann', 'big', 9) ? 'entry_id', '24 hours after the first there is room again');
select set_rail('global', null, 'joins_per_minute', '0');
select is(join_pot('bob', 'big') ->> 'message', 'velocity_exceeded', 'a limit of 0 lets nobody in');

select * from finish();
rollback;
