-- Cool-off and self-exclusion: joins are refused until the end, which can be moved on and not back.
-- What was bought before stands and wins.

begin;
\ir ../support/helpers.sql
select plan(50);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 1000);
select make_user('bob', 1000);
select open_pot('big', '{"max_tickets": 100, "max_per_user": 100, "fill_seconds": 2592000}');
select open_pot('last', '{
    "max_tickets": 2, "max_per_user": 2, "min_participants": 1, "fill_seconds": 2592000
}');
select join_pot('ann', 'big', 5, 'k');

select is(
    rpc('ann', 'start_cool_off', '{"hours": 24}'),
    '{"kind": "cool_off", "until": "2030-01-02T12:00:00.000000Z"}', 'a day off'
);
select look_at_tables();
select rpc('ann', 'start_cool_off', '{"hours": 24}');
select is(changed_tables(), '{}', 'the same again writes nothing');
select turned_away(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT403', 'account_blocked',
    '{"reason": "cool_off", "until": "2030-01-02T12:00:00.000000Z"}', '{private.events}', 'no joins'
);
select is(
    (select jsonb_agg(e.data) from private.events as e where e.kind = 'join_refused'),
    '[{"code": "account_blocked", "reason": "cool_off", "until": "2030-01-02T12:00:00.000000Z"}]',
    'recorded'
);
select ok(join_pot('ann', 'big', 5, 'k') ? 'entry_id', 'but the answer to a join from before');
select ok(join_pot('bob', 'big') ? 'entry_id', 'others play');
select is(
    rpc('ann', 'start_cool_off', '{"hours": 1}') ->> 'until', '2030-01-02T12:00:00.000000Z',
    'a shorter one changes nothing'
);
select pass_time('1 hour');
select is(
    rpc('ann', 'start_cool_off', '{"hours": 24}') ->> 'until', '2030-01-02T13:00:00.000000Z',
    'a later end does'
);
select is(
    rpc('ann', 'my_play_limits') -> 'cool_off_until', '"2030-01-02T13:00:00.000000Z"', 'as it says'
);
select ok(rpc('ann', 'my_wallet') ? 'balance', 'a player on a break reads');
select ok(cancel_entry('ann', 'big') ? 'credits_refunded', 'and may leave an open pot');
select freeze_time('2030-01-02 12:59:59.999999Z');
select is(join_pot('ann', 'big') ->> 'message', 'account_blocked', 'not a microsecond before');
select freeze_time('2030-01-02 13:00:00Z');
select is(private.guard_break(user_id('ann'), private.now()), null, 'it ends at its time');
select is(rpc('ann', 'my_play_limits') -> 'cool_off_until', 'null', 'as it says');
select ok(join_pot('ann', 'last', 2) ? 'entry_id', 'and joins are taken');

select is(
    rpc('ann', 'self_exclude', '{"days": 180}'),
    '{"kind": "self_excluded", "until": "2030-07-01T13:00:00.000000Z"}', 'excluded'
);
select rpc('ann', 'start_cool_off', '{"hours": 24}');
select turned_away(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT403', 'account_blocked',
    '{"reason": "self_excluded", "until": "2030-07-01T13:00:00.000000Z"}', '{private.events}',
    'the break that ends last is told'
);
select is(
    rpc('ann', 'my_play_limits') - 'limits',
    '{
        "cool_off_until": "2030-01-03T13:00:00.000000Z",
        "self_excluded_until": "2030-07-01T13:00:00.000000Z"
    }',
    'both are'
);
select is(
    rpc('ann', 'self_exclude', '{"days": 1}') ->> 'until', '2030-07-01T13:00:00.000000Z',
    'not shortened'
);
select is(
    rpc('ann', 'self_exclude', '{"days": 181}') ->> 'until', '2030-07-02T13:00:00.000000Z',
    'prolonged'
);
select bring_to('last', 'settled');
select is(balance('ann'), 1000::bigint, 'what was bought before stands, and wins');
select is(
    (
        select array_agg(distinct e.data ->> 'kind')
        from private.events as e where e.kind = 'player_break_begun'
    ),
    '{cool_off,self_excluded}', 'both are on record'
);

-- Nobody ends it: not the owner of the table either.
select throws_ok(
    s.statement, '42501', 'private.play_breaks is append-only', s.statement
)
from unnest(array[
    'update private.play_breaks set ends_at = started_at + interval ''1 second'' where true',
    'delete from private.play_breaks where true', 'truncate private.play_breaks'
]) as s (statement);
select freeze_time('2030-07-02 12:59:59.999999Z');
select open_pot('late', '{"max_tickets": 100, "max_per_user": 100}');
select is(join_pot('ann', 'late') ->> 'message', 'account_blocked', 'still');
select freeze_time('2030-07-02 13:00:00Z');
select is(rpc('ann', 'my_play_limits') -> 'self_excluded_until', 'null', 'until its end');
select ok(join_pot('ann', 'late') ? 'entry_id', 'when joins are taken again');

select refused(
    'ann', b.function, jsonb_build_object(b.argument, b.value), 'PT422', 'invalid_argument',
    jsonb_build_object('argument', b.argument, 'expected', b.expected),
    format('%s(%s)', b.function, b.value)
)
from (values
    ('start_cool_off', 'hours', 0, '1 to 1008'), ('start_cool_off', 'hours', 1009, '1 to 1008'),
    ('start_cool_off', 'hours', null, '1 to 1008'), ('self_exclude', 'days', 0, '1 to 36500'),
    ('self_exclude', 'days', 36501, '1 to 36500')
) as b (function, argument, value, expected);
select refused(
    'ann', 'set_play_limits', '{"day": null, "week": -1, "month": null}', 'PT422',
    'invalid_argument', '{"argument": "week", "expected": "0 to 9007199254740991"}', 'a limit of -1'
);
select query_refused(
    'anon', format('select to_jsonb(%s)', f.call),
    'permission denied for function ' || split_part(f.call, '(', 1), 'only players: ' || f.call
)
from unnest(array[
    'self_exclude(1)', 'start_cool_off(1)', 'set_play_limits(1, 1, 1)', 'my_play_limits()'
]) as f (call);

update auth.users set banned_until = 'infinity' where id = user_id('bob');
select turned_away(
    'bob', 'self_exclude', '{"days": 1}', 'PT403', 'account_blocked', '{}',
    '{private.events}', 'who is banned'
);
-- A player without a wallet has a break too.
select make_user('cyd');
select ok(rpc('cyd', 'self_exclude', '{"days": 1}') ? 'until', 'who never had a credit');
select fund('cyd', 100);
select is(join_pot('cyd', 'late') ->> 'message', 'account_blocked', 'and has some now');

select * from finish();
rollback;
