-- From which score on flags of a kind have an effect; NULL takes the effect away from the kind.
-- Flags
-- that exist keep what was made of them.
--
-- Guards, in order: arguments; login; set so before (the same answer, and nothing is written).
-- Locks: the policy's row.
-- Writes: flag_policies; event flag_policy_set.
-- Raises: invalid_argument, login_required.
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
    v_result jsonb;
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
    perform private.require_text('reason', p_reason, 500);
    perform private.require_person();
    perform private.require_read_committed();
    v_score := round(p_min_score, 3);
    v_result := jsonb_build_object('kind', p_kind, 'effect', p_effect, 'min_score', v_score);
    select f.min_score into v_before
    from private.flag_policies as f
    where f.kind = p_kind and f.effect = p_effect
    for update;
    if v_before is not distinct from v_score then
        return v_result;
    end if;
    if v_score is null then
        delete from private.flag_policies as f where f.kind = p_kind and f.effect = p_effect;
    else
        insert into private.flag_policies as f (kind, effect, min_score, updated_at)
        values (p_kind, p_effect, v_score, private.now())
        on conflict (kind, effect) do update
        set min_score = excluded.min_score, updated_at = excluded.updated_at;
    end if;
    perform private.log_event('flag_policy_set', null, v_result || jsonb_build_object(
        'before', v_before, 'reason', p_reason
    ));
    return v_result;
end $$;

comment on function private.set_flag_policy(text, text, numeric, text) is
'Definer half of public.set_flag_policy.';

revoke all on function private.set_flag_policy(text, text, numeric, text)
from public, anon, authenticated, service_role;
grant execute on function private.set_flag_policy(text, text, numeric, text)
to pot_compliance, service_role;
