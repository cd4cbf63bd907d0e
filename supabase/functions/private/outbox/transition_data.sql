-- What the event of a transition says: the terms of the pot that analytics asks for, then what the
-- transition did. Everything in it is public by then: commit_hash comes with the lock, reveal_seed
-- with the reveal, and of moderation actions, whose chain payload is withheld (get_audit_chain),
-- only what the pot's row shows.
create or replace function private.transition_data(
    p_pot_id uuid, p_action text, p_metadata jsonb
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_pot public.pots;
    v_state private.pot_states;
    v_sold bigint;
    v_participants bigint;
    v_data jsonb;
begin
    select * into strict v_pot from public.pots as p where p.id = p_pot_id;
    select * into strict v_state from private.pot_states as s where s.pot_id = p_pot_id;
    v_data := jsonb_build_object(
        'template_id', v_state.template_id,
        'draw_version', v_pot.draw_version,
        'entry_cost', v_pot.entry_cost,
        'max_tickets', v_pot.max_tickets
    );
    if p_action in ('paused', 'resumed', 'voided', 'excluded', 'flag_reviewed') then
        return v_data || case p_action
            when 'paused' then jsonb_build_object(
                'paused_at', p_metadata -> 'paused_at', 'locks_at', p_metadata -> 'locks_at'
            )
            when 'resumed' then jsonb_build_object('locks_at', p_metadata -> 'locks_at')
            else '{}'
        end;
    end if;
    if p_action = 'created' then
        return v_data || jsonb_build_object(
            'max_per_user', v_pot.max_per_user,
            'min_participants', v_state.min_participants,
            'fill_seconds', v_state.fill_seconds,
            'commit_tag', v_pot.commit_tag,
            'rules_hash', v_pot.rules_hash,
            'locks_at', private.json_time(v_pot.locks_at)
        );
    end if;
    v_data := v_data || (p_metadata - '{pot_id,status}'::text[]);
    if p_action in ('locked', 'settled', 'cancelled') then
        select t.tickets_sold, t.participants into v_sold, v_participants
        from private.pot_totals(p_pot_id) as t;
        v_data := v_data || jsonb_build_object('participant_count', v_participants);
    end if;
    return v_data || case p_action
        when 'locked' then jsonb_build_object(
            'credits_committed', v_sold * v_pot.entry_cost,
            -- From opening to the last ticket, the timer's rests left out; only of a full pot.
            'fill_ms', case when v_sold = v_pot.max_tickets then (
                select private.milliseconds(
                    max(e.created_at) - v_pot.created_at - (
                        v_pot.locks_at - v_pot.created_at
                        - make_interval(secs => v_state.fill_seconds)
                    )
                )
                from public.pot_entries as e
                where e.pot_id = p_pot_id and e.cancelled_at is null
            ) end
        )
        when 'settled' then jsonb_build_object(
            'total_tickets', v_pot.total_tickets,
            'lock_to_settle_ms', private.milliseconds(
                (p_metadata ->> 'settled_at')::timestamptz - v_pot.locked_at
            )
        )
        when 'cancelled' then jsonb_build_object('tickets_sold', v_sold)
        else '{}'
    end;
end $$;

comment on function private.transition_data(uuid, text, jsonb) is
'The data of event pot_<p_action>, but for seq and row_hash. p_metadata is what the audit row has; '
'the caller holds the pot.';

revoke all on function private.transition_data(uuid, text, jsonb)
from public, anon, authenticated, service_role;
