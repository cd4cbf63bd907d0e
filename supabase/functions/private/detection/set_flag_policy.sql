-- From which score on flags of a kind have an effect; NULL takes the effect away from the kind.
-- Flags that exist keep what was made of them.
--
-- Who is held is decided by nobody alone: one proposes, another person confirms by the same call
-- (docs/decisions/0163). What is proposed last for a kind and an effect is what stands; to propose
-- what is set already takes a proposal back. A proposal waits a week.
--
-- Guards, in order: arguments; login; set so already, or proposed so by the same caller (the same
-- answer, and nothing is written).
-- Locks, in order: the caller's pseudonym when it is new; an advisory lock of all policies.
-- Writes: flag_policy_proposals; event flag_policy_proposed; or flag_policies; event
-- flag_policy_set, with who proposed it.
-- Raises: invalid_argument, login_required, busy (a transaction of one snapshot).
create or replace function private.set_flag_policy(
    p_kind text, p_effect text, p_min_score numeric, p_reason text
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_score numeric(4, 3);
    v_before numeric(4, 3);
    v_actor uuid;
    v_at timestamptz;
    v_proposal private.flag_policy_proposals;
    v_policy jsonb;
    v_status text;
begin
    if p_kind is null or p_kind !~ '^[a-z][a-z_]{1,39}$' then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'kind', 'expected', 'a kind of flag: 2 to 40 of a to z and _'
        ));
    end if;
    if p_effect is null or p_effect not in ('note', 'hold', 'refuse') then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'effect', 'expected', 'note, hold or refuse'
        ));
    end if;
    -- NaN is above every number.
    if p_min_score not between 0 and 1 then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'min_score', 'expected', '0 to 1, or nothing'
        ));
    end if;
    perform private.require_reason(p_reason);
    perform private.require_person();
    perform private.require_read_committed();
    v_actor := private.actor_pseudonym();
    perform pg_advisory_xact_lock(hashtextextended('pots/flag-policies', 0));
    v_at := private.now();
    v_score := round(p_min_score, 3);
    v_policy := jsonb_build_object('kind', p_kind, 'effect', p_effect, 'min_score', v_score);
    select f.min_score into v_before
    from private.flag_policies as f
    where f.kind = p_kind and f.effect = p_effect;
    select * into v_proposal
    from private.flag_policy_proposals as p
    where p.kind = p_kind
        and p.effect = p_effect
        and private.proposal_ends_at(p.proposed_at) > v_at;

    if v_proposal.kind is null and v_before is not distinct from v_score then
        return v_policy || '{"status": "set"}';
    end if;
    if v_proposal.kind is not null
        and v_proposal.min_score is not distinct from v_score
        and v_proposal.proposed_by = v_actor
    then
        return v_policy || '{"status": "proposed"}';
    end if;
    delete from private.flag_policy_proposals as p where p.kind = p_kind and p.effect = p_effect;
    v_status := case
        when v_before is not distinct from v_score then 'withdrawn'
        when v_proposal.kind is not null and v_proposal.min_score is not distinct from v_score
            then 'set'
        else 'proposed'
    end;
    if v_status = 'proposed' then
        insert into private.flag_policy_proposals (
            kind, effect, min_score, proposed_by, proposed_at
        )
        values (p_kind, p_effect, v_score, v_actor, v_at);
    elsif v_status = 'set' and v_score is null then
        delete from private.flag_policies as f where f.kind = p_kind and f.effect = p_effect;
    elsif v_status = 'set' then
        insert into private.flag_policies as f (kind, effect, min_score, updated_at)
        values (p_kind, p_effect, v_score, v_at)
        on conflict (kind, effect) do update
        set min_score = excluded.min_score, updated_at = excluded.updated_at;
    end if;
    if v_status = 'set' then
        perform private.log_event('flag_policy_set', null, v_policy || jsonb_build_object(
            'before', v_before, 'reason', p_reason, 'proposed_by', v_proposal.proposed_by
        ));
        return v_policy || '{"status": "set"}';
    end if;
    perform private.log_event('flag_policy_proposed', null, v_policy || jsonb_build_object(
        'before', v_before, 'reason', p_reason, 'withdrawn', v_status = 'withdrawn'
    ));
    return v_policy || jsonb_build_object(
        'status', case v_status when 'withdrawn' then 'set' else v_status end
    );
end $$;

comment on function private.set_flag_policy(text, text, numeric, text) is
'Definer half of public.set_flag_policy.';

revoke all on function private.set_flag_policy(text, text, numeric, text)
from public, anon, authenticated, service_role;
grant execute on function private.set_flag_policy(text, text, numeric, text)
to pot_compliance, service_role;
