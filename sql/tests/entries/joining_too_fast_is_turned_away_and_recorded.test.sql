-- max_joins_per_minute counts a player's joins of the last minute; there is no limit by default.

begin;
\ir ../support/helpers.sql
select plan(8);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 10000);
select make_user('bob', 100);
select open_pot('big', '{"max_tickets": 1000, "max_per_user": 1000, "entry_cost": 1}');
select is(
    count(*) filter (where join_pot('ann', 'big', 1) ? 'entry_id'), 100::bigint,
    '100 joins at once by default'
)
from generate_series(1, 100);
select pass_time('2 minutes');
update private.settings set max_joins_per_minute = 2 where only_row;

select ok(join_pot('ann', 'big', 1) ? 'entry_id', 'the first of this minute');
select pass_time('30 seconds');
select ok(join_pot('ann', 'big', 1) ? 'entry_id', 'the second');
select turned_away(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 1}'),
    'PT429', 'velocity_exceeded', '{}', '{private.actors,private.events}', 'the third'
);
select is(
    (select jsonb_agg(e.data) from private.events as e where e.kind = 'join_refused'),
    '[{"code": "velocity_exceeded"}]', 'recorded'
);
select ok(join_pot('bob', 'big', 1) ? 'entry_id', 'others are not held up');
select pass_time('30 seconds');
select ok(join_pot('ann', 'big', 1) ? 'entry_id', 'a minute after the first there is room again');

select * from finish();
rollback;
