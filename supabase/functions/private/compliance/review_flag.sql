-- A person's judgement of a flag. One clears; to uphold takes two, each with a `sub` of their own:
-- the first proposes, the second confirms (and a constraint of the table wants to see two).
--
-- Guards, in order: arguments; login; the flag exists; reviewed so by the same caller and still so
-- (the first result); not decided; the caller is not the flagged player, nor ever was in this pot.
-- Who was erased while this waited for the pot has a new pseudonym and is still the same person.
-- Locks, in order: the pots row; the caller's pseudonym; while the pot is open, the caller's
-- wallet; the flag; then as private.release_payout.
-- Writes: flags; chain row `flag_reviewed` (the reason, withheld from the public); event
-- flag_reviewed; and when the winner's payout is held and this decides it, as
-- private.release_payout: the last flag that held it is cleared, or one of them is upheld.
-- Raises: invalid_argument, login_required, entry_not_found (`flag_id`), wrong_state, not_allowed.
create or replace function private.review_flag(p_flag_id uuid, p_decision text, p_reason text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_pot public.pots;
    v_flag private.flags;
    v_actor uuid;
    v_before text;
    v_at timestamptz;
    v_payout text;
    v_result jsonb;
begin
    perform private.require_given('flag_id', p_flag_id::text);
    if p_decision is null or p_decision not in ('clear', 'uphold') then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'decision', 'expected', 'clear or uphold'
        ));
    end if;
    perform private.require_reason(p_reason);
    perform private.require_person();
    select * into v_flag from private.flags as f where f.flag_id = p_flag_id;
    if not found then
        perform private.fail('entry_not_found', '{"argument": "flag_id"}');
    end if;
    v_pot := private.hold_pot(v_flag.pot_id, false);
    v_actor := private.actor_pseudonym();
    perform private.require_person();
    if v_pot.status = 'open' then
        -- A join of the caller's own waits, or is over and seen.
        perform private.lock_wallet(private.caller_sub());
    end if;
    select * into strict v_flag from private.flags as f where f.flag_id = p_flag_id for update;

    select a.metadata - '{before,after}'::text[] into v_result
    from public.pots_audit as a
    where a.pot_id = v_pot.id
        and a.action = 'flag_reviewed'
        and a.actor_id = v_actor
        and a.metadata @> jsonb_build_object('flag_id', p_flag_id, 'decision', p_decision)
        and case p_decision
            when 'clear' then v_flag.status = 'cleared'
            else v_flag.status in ('uphold_proposed', 'upheld')
        end;
    if found then
        return v_result;
    end if;
    if private.is_archived(v_pot.id) then
        perform private.fail('wrong_state', '{"status": "archived"}');
    end if;
    if v_flag.status not in ('open', 'uphold_proposed') then
        perform private.fail('wrong_state', jsonb_build_object('status', v_flag.status));
    end if;
    if v_flag.user_id = private.caller_sub() then
        perform private.fail('not_allowed', '{"reason": "an interest in this pot"}');
    end if;
    perform private.require_no_interest(v_pot.id);

    v_before := v_flag.status;
    v_at := private.now();
    if p_decision = 'uphold' and v_flag.status = 'open' then
        update private.flags as f
        set
            status = 'uphold_proposed', proposed_by = v_actor, proposed_at = v_at,
            reason = p_reason
        where f.flag_id = p_flag_id
        returning * into v_flag;
    else
        update private.flags as f
        set
            status = case p_decision when 'clear' then 'cleared' else 'upheld' end,
            reviewed_by = v_actor, reviewed_at = v_at, reason = p_reason
        where f.flag_id = p_flag_id
        returning * into v_flag;
    end if;
    if v_flag.user_id = v_pot.winner_user_id and exists (
        select from private.payout_holds as h where h.pot_id = v_pot.id and h.outcome is null
    ) then
        v_payout := case
            when not exists (select from private.held_by(v_pot.id, v_flag.user_id)) then 'paid'
            when exists (
                select
                from private.held_by(v_pot.id, v_flag.user_id) as f
                where f.status = 'upheld'
            ) then 'returned'
            else 'held'
        end;
    end if;
    v_result := jsonb_build_object(
        'flag_id', p_flag_id,
        'pot_id', v_pot.id,
        'decision', p_decision,
        'status', v_flag.status,
        'payout', v_payout,
        'reviewed_at', private.json_time(v_at)
    );
    perform private.append_audit(
        v_pot.id, 'flag_reviewed', p_reason,
        v_result || jsonb_build_object(
            'before', jsonb_build_object('status', v_before),
            'after', jsonb_build_object('status', v_flag.status)
        )
    );
    perform private.log_event('flag_reviewed', v_pot.id, jsonb_build_object(
        'flag_id', p_flag_id,
        'kind', v_flag.kind,
        'decision', p_decision,
        'status', v_flag.status,
        'payout', v_payout
    ));
    if v_payout in ('paid', 'returned') then
        perform private.release_payout(v_pot.id, v_payout);
    end if;
    return v_result;
end $$;

comment on function private.review_flag(uuid, text, text) is
'Definer half of public.review_flag.';

revoke all on function private.review_flag(uuid, text, text)
from public, anon, authenticated, service_role;
grant execute on function private.review_flag(uuid, text, text)
to pot_compliance, service_role;
