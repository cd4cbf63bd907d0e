-- Every metric over a small life whose numbers are known.

begin;
\ir ../support/helpers.sql
select plan(24);

create function pg_temp.roll_up()
returns bigint
language plpgsql
as $$
declare
    v_done jsonb;
    v_events bigint := 0;
begin
    loop
        v_done := rpc('pot_orchestrator', 'roll_up_metrics');
        v_events := v_events + (v_done -> 'rolled_up')::bigint;
        exit when not (v_done -> 'more')::boolean;
    end loop;
    return v_events;
end $$;
create function pg_temp.metric(p_name text, p_bucket text default 'hour')
returns jsonb
language sql
as $$
    select rpc('pot_compliance:carol', p_name, jsonb_build_object(
        'from', '2030-01-01T12:00:00Z', 'to', '2030-01-01T13:00:00Z', 'bucket', p_bucket
    ))
$$;

select freeze_time('2030-01-01 12:00:00Z');
select is(
    (
        select jsonb_agg(s.r ->> 'metric')
        from jsonb_array_elements(rpc('pot_events', 'metric_snapshot')) as s (r)
        where s.r ->> 'metric' ~ '_ratio$'
    ),
    null, 'of nothing there is no share'
);
select register_keys();
select make_user(n.name, 1000)
from unnest('{ann,bob,cat}'::text[]) as n (name);
select open_pot('fast');
select open_pot('slow');
select open_pot('lonely');
select open_pot('void');
select open_pot('early');
-- Filled in 90 seconds exactly, and locked at once.
select pass_time('10 seconds');
select join_pot('ann', 'fast', 5);
select pass_time('80 seconds');
select join_pot('bob', 'fast', 5);
select lock('fast');
-- In 91 seconds, but the timer stood still for 2 of them.
select pass_time('1 second');
select rpc('pot_compliance:carol', 'pause_pot', on_pot('slow', '{"reason": "a test"}'));
select pass_time('2 seconds');
select rpc('pot_compliance:carol', 'resume_pot', on_pot('slow', '{"reason": "a test"}'));
select join_pot('ann', 'slow', 5);
select join_pot('bob', 'slow', 5);
select lock('slow');
-- Taken back, and therefore too few; voided after its lock; voided before.
select join_pot('cat', 'lonely', 1);
select join_pot('cat', 'void', 1);
select join_pot('bob', 'void', 1);
select cancel_entry('cat', 'lonely');
select rpc('pot_compliance:carol', 'void_pot', on_pot('early', '{"reason": "a test"}'));
select pass_time('300 seconds');
select lock('lonely');
select lock('void');
select rpc('pot_compliance:carol', 'void_pot', on_pot('void', '{"reason": "a test"}'));
select attest(p.name), claim(p.name), reveal(p.name)
from unnest('{fast,slow}'::text[]) as p (name);
-- Refused on the record.
select set_rail('global', null, 'blocked_regions', '["KP"]');

select ok(pg_temp.roll_up() > 20, 'events are rolled up');
select is(pg_temp.roll_up(), 0::bigint, 'each once');
select is(
    pg_temp.metric('metric_joins'),
    '[{
        "bucket": "2030-01-01T12:00:00.000000Z", "joins": 7, "tickets": 23, "credits": 230,
        "joins_per_second": 0.002
    }]', 'joins'
);
select is(
    jsonb_path_query_array(pg_temp.metric('metric_joins', 'five_minutes'), '$[*].joins'),
    '[7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]', 'by five minutes, the empty ones too'
);
select is(
    pg_temp.metric('metric_fill_time') -> 0 #- '{bucket}',
    '{
        "pots": 4, "filled": 2, "within_target": 1, "share": 0.2500,
        "peak_pots": 4, "peak_within_target": 1, "peak_share": 0.2500,
        "median_seconds": 90, "p90_seconds": 95,
        "distribution": [{"le": 90, "pots": 1}, {"le": 95, "pots": 1}]
    }', 'fill times: 90 seconds are within the target, 91 are not, pauses do not count'
);
select is(
    pg_temp.metric('metric_fill_time', 'day') -> 0 #- '{bucket}',
    pg_temp.metric('metric_fill_time') -> 0 #- '{bucket}', 'the same by day'
);
select is(
    pg_temp.metric('metric_churn') -> 0 #- '{bucket}',
    '{
        "players": 3, "returned_within_day": 3, "returned_within_week": 3, "returned": 3,
        "churn": 0.0000
    }', 'everybody came back'
);
select is(
    pg_temp.metric('metric_aborts') -> 0 #- '{bucket}',
    '{
        "settled": 2, "aborted": 1, "voided": 1, "reveal_overdue": 0, "abort_rate": 0.333333,
        "voided_while_open": 1, "lack_of_players": 1, "seed_spent": 0
    }', 'how pots ended'
);
select is(
    pg_temp.metric('metric_settle_time') -> 0 #- '{bucket}',
    '{
        "settled": 2, "within_two_minutes": 0, "share": 0.0000,
        "median_seconds": 300, "p99_seconds": 600,
        "distribution": [{"le": 300, "pots": 1}, {"le": 600, "pots": 1}]
    }', 'lock to payout'
);
select is(
    pg_temp.metric('metric_payouts') -> 0 #- '{bucket}',
    '{"settled": 2, "correct": 2, "wrong": 0, "accuracy": 1.000000}', 'payouts'
);
select is(pg_temp.metric('metric_refusals'), '[]', 'no refusals');
select is(pg_temp.metric('metric_flags'), '[]', 'no flags');

-- Later: two new players who come back after just a day and after two, a forged reveal, a flag.
select make_user('dan', 100);
select make_user('eve', 100);
select open_pot('one');
select join_pot('dan', 'one', 1);
select join_pot('eve', 'one', 1);
select headers('{"cf-ipcountry": "KP"}');
select join_pot('bob', 'one', 1);
select headers('{}');
select pass_time('1 day');
select open_pot('next');
select join_pot('eve', 'next', 1);
select pass_time('1 day');
select open_pot('two');
select join_pot('dan', 'two', 1);
select join_pot('dan', 'two', 1);
-- Who never comes back.
select make_user('fay', 100);
select join_pot('fay', 'two', 1);
select join_pot('fay', 'two', 1);
insert into private.flags (
    pot_id, user_id, kind, score, evidence, phase, effect, created_at, updated_at
)
values (
    pot_id('two'), user_id('dan'), 'a_test', 0.5, '{}', 'join', 'note',
    '2030-01-01 12:59:00Z', '2030-01-01 12:59:00Z'
);
select pg_temp.roll_up();
select is(
    pg_temp.metric('metric_churn') -> 0 #- '{bucket}',
    '{
        "players": 5, "returned_within_day": 4, "returned_within_week": 5, "returned": 5,
        "churn": 0.0000
    }', 'who comes back late is counted where they were new, once'
);
select is(
    pg_temp.metric('metric_refusals'),
    '[{
        "bucket": "2030-01-01T12:00:00.000000Z", "event": "join_refused",
        "token": "region_blocked", "refusals": 1
    }]', 'the refusal'
);
select is(
    pg_temp.metric('metric_flags'),
    '[{
        "bucket": "2030-01-01T12:00:00.000000Z", "kind": "a_test", "raised": 1, "cleared": 0,
        "upheld": 0
    }]', 'the flag'
);

-- Counted again from the tables, the same.
create temporary table counted as select * from private.metric_counts;
create temporary table players as select * from private.metric_players;
select private.rebuild_metrics();
select set_eq('table private.metric_counts', 'table counted', 'counted again, the same');
select set_eq('table private.metric_players', 'table players', 'and the same players');
select is(pg_temp.roll_up(), 0::bigint, 'and nothing is left to roll up');
select ok(
    (select count(*) from counted where grain = 'five_minutes') > 20
    and (
        select count(distinct sums.amount)
        from (
            select sum(c.amount) as amount
            from counted as c
            where c.metric = 'joins'
            group by c.grain
        ) as sums
    ) = 1,
    'in each grain as many'
);
-- What no function does.
select is(
    (
        select jsonb_object_agg(s.r ->> 'metric', s.r -> 'value')
        from jsonb_array_elements(rpc('pot_events', 'metric_snapshot')) as s (r)
        where s.r ->> 'metric' in (
            'pots_joins_total', 'pots_players_total', 'pots_paused', 'pots_events_to_roll_up',
            'pots_payout_accuracy_ratio', 'pots_fill_peak_within_target_ratio'
        )
    ),
    '{
        "pots_joins_total": 14, "pots_players_total": 6, "pots_paused": 0,
        "pots_events_to_roll_up": 0, "pots_payout_accuracy_ratio": 1,
        "pots_fill_peak_within_target_ratio": 0.25
    }', 'and Prometheus is told so'
);
select is(
    (
        select jsonb_object_agg(s.r #>> '{labels,le}', s.r -> 'value')
        from jsonb_array_elements(rpc('pot_events', 'metric_snapshot')) as s (r)
        where s.r ->> 'metric' = 'pots_fill_seconds'
    ),
    '{"90": 1, "95": 1}', 'the histogram is of pots that filled'
);
-- Nobody sequences either, where nobody rolls up.
select private.log_event('never_sequenced', null, '{}') from generate_series(1, 3);
select is(
    (
        select s.r -> 'value'
        from jsonb_array_elements(rpc('pot_events', 'metric_snapshot')) as s (r)
        where s.r ->> 'metric' = 'pots_events_to_roll_up'
    ),
    '3', 'events that have no position yet wait, too'
);
select query_refused(
    'anon', 'select to_jsonb(count(*)) from public.metric_joins()',
    'permission denied for function metric_joins', 'metrics are compliance''s'
);

select * from finish();
rollback;
