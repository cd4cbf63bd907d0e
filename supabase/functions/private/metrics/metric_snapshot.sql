-- Everything that `pypot metrics` shows, at this moment: totals since the beginning, from the days,
-- and what stands open now, from small indexes.
--
-- Guards: who calls.
-- Raises: login_required, not_allowed.
create or replace function private.metric_snapshot()
returns setof public.metric_sample
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    c_most_waiting constant integer := 20000; -- of events without a position
    v_at timestamptz := private.now();
    v_today timestamptz := private.metric_bucket('day', v_at);
begin
    perform private.require_standing();
    return query
    with totals as materialized (
        select c.metric, c.label, sum(c.amount)::double precision as total
        from private.metric_counts as c
        where c.grain = 'day'
        group by c.metric, c.label
    ),

    fill as materialized (
        select
            coalesce(sum(f.pots), 0) as pots,
            coalesce(sum(f.within_target), 0) as within_target,
            coalesce(sum(f.peak_pots), 0) as peak_pots,
            coalesce(sum(f.peak_within_target), 0) as peak_within_target
        from private.metric_fill_time(v_today - interval '144 hours', v_at, 'day') as f
    )

    -- Counters and classes of histograms.
    select 'pots_' || k.metric || '_total', '{}'::jsonb, coalesce(t.total, 0)
    from (values ('joins'), ('tickets'), ('credits'), ('players'), ('opened')) as k (metric)
    left join totals as t on k.metric = t.metric
    union all
    select
        'pots_' || k.metric || '_total', jsonb_build_object(k.name, k.label), coalesce(t.total, 0)
    from (values
        ('returned', 'within', 'day'), ('returned', 'within', 'week'),
        ('returned', 'within', 'ever'),
        ('ended', 'outcome', 'settled'), ('ended', 'outcome', 'voided'),
        ('ended', 'outcome', 'reveal_overdue'), ('ended', 'outcome', 'voided_while_open'),
        ('ended', 'outcome', 'lack_of_players'), ('ended', 'outcome', 'seed_spent'),
        ('fill_target', 'result', 'within'), ('fill_target', 'result', 'beyond'),
        ('payouts', 'result', 'correct'), ('payouts', 'result', 'wrong')
    ) as k (metric, name, label)
    left join totals as t on k.metric = t.metric and k.label = t.label
    union all
    select
        'pots_refusals_total',
        jsonb_build_object(
            'event', split_part(t.label, ' ', 1), 'token', split_part(t.label, ' ', 2)
        ),
        t.total
    from totals as t
    where t.metric = 'refusals'
    union all
    select h.name, jsonb_build_object('le', t.label), t.total
    from (values
        ('fill', 'pots_fill_seconds'), ('settle', 'pots_lock_to_settled_seconds')
    ) as h (metric, name)
    inner join totals as t on h.metric = t.metric
    where t.label <> 'unfilled'
    union all
    select h.name, '{}', coalesce(t.total, 0) / 1000
    from (values
        ('fill_ms', 'pots_fill_seconds_sum'), ('settle_ms', 'pots_lock_to_settled_seconds_sum')
    ) as h (metric, name)
    left join totals as t on h.metric = t.metric
    union all
    select 'pots_unfilled_total', '{}', coalesce(
        (select t.total from totals as t where t.metric = 'fill' and t.label = 'unfilled'), 0
    )
    union all
    select 'pots_flags', jsonb_build_object('kind', f.kind, 'status', f.status), count(*)
    from private.flags as f
    group by f.kind, f.status
    -- Shares of the last seven days; none where there was nothing.
    union all
    select 'pots_fill_within_target_ratio', '{}', f.within_target::double precision / f.pots
    from fill as f
    where f.pots > 0
    union all
    select
        'pots_fill_peak_within_target_ratio', '{}',
        f.peak_within_target::double precision / f.peak_pots
    from fill as f
    where f.peak_pots > 0
    union all
    select 'pots_payout_accuracy_ratio', '{}', sum(t.total) filter (
        where t.label = 'correct'
    ) / sum(t.total)
    from totals as t
    where t.metric = 'payouts'
    having sum(t.total) > 0
    -- What stands open.
    union all
    select 'pots_in_progress', jsonb_build_object('status', s.status), (
        select count(*) from public.pots as p where p.status = s.status
    )
    from unnest('{open,locked,settling}'::public.pot_status[]) as s (status)
    union all
    select 'pots_paused', '{}', count(*)
    from public.pots as p
    where p.status = 'open' and p.paused_at is not null
    union all
    select 'pots_oldest_unsettled_seconds', '{}', coalesce(
        extract(epoch from v_at - min(p.locked_at)), 0
    )
    from public.pots as p
    where p.status in ('locked', 'settling')
    union all
    select
        'pots_alerts', jsonb_build_object('kind', c.kind, 'severity', c.severity),
        count(a.id)
    from private.alert_catalogue() as c
    left join private.alerts as a on c.kind = a.kind and a.closed_at is null
    group by c.kind, c.severity
    union all
    select 'pots_alerts_unacknowledged', '{}', count(*)
    from private.alerts as a
    where a.closed_at is null and a.acknowledged_at is null
    union all
    select 'pots_commitments_in_stock', '{}', count(*)
    from private.commitments as c
    where c.used_at is null
    union all
    select 'pots_oldest_page_unacknowledged_seconds', '{}', coalesce(
        extract(epoch from v_at - min(a.opened_at)), 0
    )
    from private.alerts as a
    where a.closed_at is null
        and a.acknowledged_at is null
        and private.alert_severity(a.kind) = 'page'
    union all
    -- Also those without a position yet: where nobody rolls up, it may be that nobody sequences.
    select 'pots_events_to_roll_up', '{}', coalesce(
        (select max(p.position) from private.event_positions as p), 0
    ) - m.position + (
        select count(*)
        from (
            select
            from private.events as e
            where e.id > s.low_water
                and not exists (select from private.event_positions as p where p.id = e.id)
            limit c_most_waiting
        ) as w
    )
    from private.metric_marks as m
    cross join private.event_sequencer as s;
end $$;

comment on function private.metric_snapshot() is
'Definer half of public.metric_snapshot.';

revoke all on function private.metric_snapshot()
from public, anon, authenticated, service_role;
grant execute on function private.metric_snapshot()
to pot_events, pot_compliance, service_role;
