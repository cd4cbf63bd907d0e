-- What is due of one pot
create or replace function private.due_task(
    p_pot public.pots, p_state private.pot_states, p_settings private.settings, p_at timestamptz
)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    if coalesce(p_state.retry_at <= p_at, true) then
        if p_pot.status = 'open'
            and p_pot.paused_at is null
            and (
                p_pot.locks_at <= p_at
                or (private.pot_totals(p_pot.id)).tickets_sold = p_pot.max_tickets
            )
        then
            return 'lock';
        end if;
        -- After a valid reveal the only way out is settled: a missing beacon is waited for.
        if p_pot.status in ('locked', 'settling')
            and p_pot.reveal_seed is null
            and p_at >= private.reveal_by(
                p_pot.locked_at, p_settings.reveal_timeout, p_state.beacon_at
            )
        then
            return 'refund';
        end if;
        if p_pot.status = 'locked' and p_state.scanned_at is null then
            return 'scan';
        end if;
    end if;
    return (
        select late.kind
        from (values
            (
                'beacon_late',
                p_pot.status = 'settling' and p_pot.reveal_seed is not null,
                p_state.beacon_at + interval '1 minute'
            ),
            (
                'settlement_late',
                p_pot.status in ('locked', 'settling'),
                p_pot.locked_at + p_settings.settlement_alert_after
            ),
            (
                'held_payout_overdue',
                p_pot.status = 'settled',
                (
                    select h.held_at + p_settings.hold_review_alert_after
                    from private.payout_holds as h
                    where h.pot_id = p_pot.id and h.outcome is null
                )
            )
        ) as late (kind, awaited, since)
        where late.awaited
            and late.since <= p_at
            and not exists (
                select
                from private.alerts as a
                where a.kind = late.kind and a.pot_id = p_pot.id and a.closed_at is null
            )
        order by late.since
        limit 1
    );
end $$;

comment on function private.due_task(
    public.pots, private.pot_states, private.settings, timestamptz
) is
'What run_due has to do of a pot at p_at: lock, refund, scan, or raise the alert beacon_late, '
'settlement_late or held_payout_overdue; NULL when nothing is due.';

revoke all on function private.due_task(
    public.pots, private.pot_states, private.settings, timestamptz
)
from public, anon, authenticated, service_role;
