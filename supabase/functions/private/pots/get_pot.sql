-- The caller's own entries in full, the others' by the head of their tag; never a user id.
-- Raises: invalid_argument, pot_not_found.
create or replace function private.get_pot(p_pot_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = 'force_generic_plan'
as $$
declare
    v_pot public.pots;
    v_me uuid := private.caller_sub();
    v_settlement private.settlements;
    v_attestation private.lock_attestations;
    v_state private.pot_states;
    v_hold jsonb;
    v_entries jsonb;
    v_archive private.archived_pots;
begin
    perform private.require_given('pot_id', p_pot_id::text);
    select * into v_pot from public.pots as p where p.id = p_pot_id;
    if not found then
        perform private.fail('pot_not_found');
    end if;
    select * into v_settlement from private.settlements as s where s.pot_id = p_pot_id;
    select * into v_attestation from private.lock_attestations as a where a.pot_id = p_pot_id;
    select * into v_state from private.pot_states as s where s.pot_id = p_pot_id;
    select * into v_archive from private.archived_pots as a where a.pot_id = p_pot_id;

    select coalesce(jsonb_agg(
        case
            when e.user_id = v_me then jsonb_build_object(
                'entry_id', e.id,
                'entrant', left(e.entrant_tag, 16),
                'entrant_tag', e.entrant_tag,
                'salt', e.salt,
                'ticket_count', e.ticket_count,
                'credits_spent', e.credits_spent,
                'first_ticket', e.first_ticket,
                'created_at', private.json_time(e.created_at),
                'mine', true
            ) || private.returned_json(e.id)
            else jsonb_build_object(
                'entrant', left(e.entrant_tag, 16),
                'ticket_count', e.ticket_count,
                'first_ticket', e.first_ticket
            )
        end
        order by e.seq desc
    ), '[]') into v_entries
    from (
        (
            select
                n.id, n.user_id, n.seq, n.ticket_count, n.credits_spent, n.salt, n.entrant_tag,
                n.first_ticket, n.created_at
            from public.pot_entries as n
            where n.pot_id = p_pot_id and n.cancelled_at is null
            order by n.seq desc
            limit 100
        )
        union all
        select *
        from private.newest_archived(v_archive.month, p_pot_id) as n
    ) as e;

    v_hold := private.hold_json(p_pot_id);
    return private.pot_summary(p_pot_id) || jsonb_build_object(
        'cancelled_at', private.json_time(v_pot.cancelled_at),
        'cancel_cause', v_state.cancel_reason,
        'pause_reason', v_pot.pause_reason,
        'min_participants', v_state.min_participants,
        -- What is over has none: it is told the same for ever.
        'timers', case when v_pot.status in ('open', 'locked', 'settling') then jsonb_build_object(
            'now', private.json_time(private.now()),
            'reveal_by', (
                select
                    private.json_time(
                        private.reveal_by(v_pot.locked_at, o.reveal_timeout, v_state.beacon_at)
                    )
                from private.settings as o
            )
        ) end,
        'entries', v_entries,
        'fairness', jsonb_build_object(
            'draw_version', v_pot.draw_version,
            'draw', private.draw_in_words(v_pot.draw_version),
            'rules_text', v_pot.rules_text,
            'rules_hash', v_pot.rules_hash,
            'commit_tag', v_pot.commit_tag,
            'commit_hash', v_pot.commit_hash,
            'entries_root', v_pot.entries_root,
            'total_tickets', v_pot.total_tickets,
            'lock_digest', v_pot.lock_digest,
            'orchestrator_kid', v_attestation.kid,
            'orchestrator_signature', v_attestation.signature,
            'reveal_seed', v_pot.reveal_seed,
            'hmac', v_settlement.proof -> 'hmac',
            'winner_index', v_settlement.proof -> 'winner_index',
            'settlement_kid', v_settlement.proof -> 'settlement' -> 'kid',
            'settlement_signature', v_settlement.proof -> 'settlement' -> 'signature',
            'beacon', private.beacon_of(v_state) || jsonb_build_object('signature', (
                select b.signature from private.beacons as b where b.pot_id = p_pot_id
            ))
        ),
        'winner', case when v_settlement.pot_id is not null then jsonb_build_object(
            'entrant', left(v_settlement.proof -> 'winning_entry' ->> 'entrant_tag', 16),
            'mine', coalesce(v_pot.winner_user_id = v_me, false),
            'winning_ticket', v_settlement.winning_ticket,
            'prize', v_settlement.prize
        ) || case when v_hold is null then '{}' else jsonb_build_object('payout', v_hold) end end
    ) || case
        when v_archive.pot_id is null then '{}'
        else jsonb_build_object('archive', private.archive_json(p_pot_id))
    end;
end $$;

comment on function private.get_pot(uuid) is
'Definer half of public.get_pot.';

revoke all on function private.get_pot(uuid)
from public, anon, authenticated, service_role;
grant execute on function private.get_pot(uuid)
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
