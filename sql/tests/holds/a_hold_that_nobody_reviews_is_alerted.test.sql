-- After 72 hours, or what the operator sets, run_due raises held_payout_overdue, once. It decides
-- nothing: the prize waits for as long as it takes. The alert closes when it is released.

begin;
\ir ../support/helpers.sql
select plan(14);

select freeze_time('2030-01-01 12:00:00Z');
select open_pot('big', '{"max_tickets": 7, "max_per_user": 3}');
select bring_to('big', 'settling');
create temporary table flags on commit drop as select flag(winner('big'), 'big') as one;
select reveal('big');
select open_pot('due', '{"fill_seconds": 259200}');
select freeze_time('2030-01-04 11:59:59.999999Z');
select is(rpc('pot_orchestrator', 'run_due'), null, 'not before 72 hours');
select is(open_alerts(), '{}', 'no alert');
select freeze_time('2030-01-04 12:00:00Z');
select is(
    rpc('pot_orchestrator', 'run_due') ->> 'task', 'lock', 'what moves money is done first'
);
select is(
    rpc('pot_orchestrator', 'run_due'), on_pot('big', '{"task": "alert", "result": null}'),
    'then the alert'
);
select is(open_alerts(), '{held_payout_overdue}', 'which is open');
select is(
    a.detail, '{"held_at": "2030-01-01T12:00:00.000000Z"}', 'and says since when'
)
from private.alerts as a
where a.kind = 'held_payout_overdue';
select is(rpc('pot_orchestrator', 'run_due'), null, 'once');
select pass_time('30 days');
select is(rpc('pot_orchestrator', 'run_due'), null, 'also weeks later');
select is(held('big'), 70::bigint, 'the prize waits');
select is(
    rpc('anon', 'hold_stats') ->> 'oldest_open_seconds', (33 * 86400)::text,
    'for everybody to see how long'
);
select is(review('carol', f.one, 'clear') ->> 'payout', 'paid', 'released at last') from flags as f;
select is(open_alerts(), '{}', 'the alert is closed');
select is(
    rpc('anon', 'hold_stats') - '{as_of}'::text[],
    jsonb_build_object(
        'settled', 1, 'held', 1, 'hold_rate', 1.0, 'open', 0, 'oldest_open_seconds', null,
        'paid', 1, 'returned', 0, 'uphold_rate', 0.0, 'excluded_entries', 0,
        'review_seconds', jsonb_build_object(
            'median', 33 * 86400, 'p99', 33 * 86400, 'max', 33 * 86400
        )
    ), 'and the rates know'
);

-- What the operator sets counts.
update private.settings set hold_review_alert_after = '1 hour' where only_row;
select open_pot('two', '{"max_tickets": 7, "max_per_user": 3}');
select bring_to('two', 'settling');
select flag(winner('two'), 'two');
select reveal('two');
select pass_time('1 hour');
select is(
    rpc('pot_orchestrator', 'run_due'), on_pot('two', '{"task": "alert", "result": null}'),
    'an hour, if it is set so'
);

select * from finish();
rollback;
