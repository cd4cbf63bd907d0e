-- What each pot adds to the metrics, and by which event of its life: the one definition of filling,
-- settling, ending and of a correct payout.
create view private.measured_pots
with (security_invoker = true)
as
select
    p.id as pot_id,
    m.event,
    m.metric,
    m.label,
    m.at,
    m.amount
from public.pots as p
inner join private.pot_states as s on p.id = s.pot_id
left join lateral (
    -- From opening to the last ticket, without the time for which the timer stood still.
    select
        greatest(
            max(e.created_at) - p.created_at
            - (p.locks_at - p.created_at - make_interval(secs => s.fill_seconds)),
            interval '0'
        ) as took
    from public.pot_entries as e
    where e.pot_id = p.id and e.first_ticket is not null
) as f on p.total_tickets = p.max_tickets
left join lateral (
    select
        (
            w.prize = p.total_tickets * p.entry_cost
            and t.amount = w.prize
            and t.pot_id = p.id
            and t.kind in ('payout', 'hold')
            and (
                select sum(l.amount)
                from private.ledger_entries as l
                where l.account_id = s.escrow_account
            ) = 0
        ) as is_right
    from private.settlements as w
    inner join private.transfers as t on w.transfer_id = t.id
    where w.pot_id = p.id
) as o on p.status = 'settled'
cross join lateral (
    values
    ('pot_created', 'opened', '', p.created_at, 1::bigint),
    (
        'pot_locked', 'fill', coalesce(private.metric_class('fill', f.took), 'unfilled'),
        p.locked_at, 1
    ),
    (
        'pot_locked', 'fill_target',
        case when f.took <= interval '90 seconds' then 'within' else 'beyond' end,
        p.locked_at, 1
    ),
    (
        'pot_locked', 'fill_ms', '', p.locked_at,
        floor(extract(epoch from f.took) * 1000)::bigint
    ),
    (
        'pot_settled', 'settle', private.metric_class('settle', p.settled_at - p.locked_at),
        p.settled_at, 1
    ),
    (
        'pot_settled', 'settle_ms', '', p.settled_at,
        floor(extract(epoch from p.settled_at - p.locked_at) * 1000)::bigint
    ),
    ('pot_settled', 'ended', 'settled', p.settled_at, 1),
    (
        'pot_settled', 'payouts', case when o.is_right then 'correct' else 'wrong' end,
        p.settled_at, 1
    ),
    (
        'pot_cancelled', 'ended',
        case
            when s.cancel_reason = 'voided' and p.locked_at is null then 'voided_while_open'
            else s.cancel_reason
        end,
        p.cancelled_at, 1
    ),
    (
        'pot_cancelled', 'fill', 'unfilled',
        case when s.cancel_reason = 'lack_of_players' then p.cancelled_at end, 1
    ),
    (
        'pot_cancelled', 'fill_target', 'beyond',
        case when s.cancel_reason = 'lack_of_players' then p.cancelled_at end, 1
    )
) as m (event, metric, label, at, amount)
where m.at is not null and m.amount is not null;
comment on view private.measured_pots is
'What each pot adds to metric_counts, and the event of its life by which it does.';
revoke all on private.measured_pots
from public, anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance, pot_treasury;

create trigger tg_metric_marks__kept before delete on private.metric_marks
for each row execute function private.tg_append_only();
create trigger tg_metric_marks__not_truncated before truncate on private.metric_marks
for each statement execute function private.tg_append_only();
alter table private.metric_marks enable always trigger tg_metric_marks__kept;
alter table private.metric_marks enable always trigger tg_metric_marks__not_truncated;

-- What happened before there were metrics.
select private.rebuild_metrics();
