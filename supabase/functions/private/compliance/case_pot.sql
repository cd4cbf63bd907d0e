-- The pot of a case: its summary, and what only its keepers know
create or replace function private.case_pot(p_pot_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.pot_summary(p.id) || jsonb_build_object(
        'pause_reason', p.pause_reason,
        'cancelled_at', private.json_time(p.cancelled_at),
        'cancel_cause', s.cancel_reason,
        'template', t.name,
        'min_participants', s.min_participants,
        'fill_seconds', s.fill_seconds,
        'escrow', private.account_balance(s.escrow_account),
        'held', coalesce(private.account_balance(h.account_id), 0),
        'hold', case when h.pot_id is not null then jsonb_build_object(
            'credits', h.credits,
            'held_at', private.json_time(h.held_at),
            'outcome', h.outcome,
            'released_at', private.json_time(h.released_at)
        ) end,
        'total_tickets', p.total_tickets,
        'entries_root', p.entries_root,
        'lock_digest', p.lock_digest,
        'timers', jsonb_build_object(
            'now', private.json_time(private.now()),
            'locks_at', private.json_time(p.locks_at),
            'paused_at', private.json_time(p.paused_at),
            'reveal_by', private.json_time(
                private.reveal_by(p.locked_at, o.reveal_timeout, s.beacon_at)
            ),
            'lease_until', private.json_time(s.lease_until),
            'beacon_at', private.json_time(s.beacon_at),
            'retry_at', private.json_time(s.retry_at)
        ),
        'winner', case when w.pot_id is not null then jsonb_build_object(
            'user_id', p.winner_user_id,
            'entry_id', w.entry_id,
            'winning_ticket', w.winning_ticket,
            'prize', w.prize
        ) end
    )
    from public.pots as p
    inner join private.pot_states as s on p.id = s.pot_id
    cross join private.settings as o
    left join private.pot_templates as t on s.template_id = t.id
    left join private.settlements as w on p.id = w.pot_id
    left join private.payout_holds as h on p.id = h.pot_id
    where p.id = p_pot_id
$$;

comment on function private.case_pot(uuid) is
'PotSummary of the pot and what only its keepers know: timers, template, escrow, hold, the winner.';

revoke all on function private.case_pot(uuid)
from public, anon, authenticated, service_role;
