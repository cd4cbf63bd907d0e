-- Writes one suspicion, or raises the score of the open one of that pot, player and kind. What a
-- person has looked at, or proposed to uphold, stays as it was judged; a lower score changes
-- nothing.
--
-- Writes: flags; event flag_raised.
create or replace function private.raise_flag(
    p_pot_id uuid, p_entry_id uuid, p_user_id uuid, p_kind text, p_score double precision,
    p_evidence jsonb, p_phase text
)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_score numeric(4, 3) := round(greatest(0, least(0.999, p_score))::numeric, 3);
    v_effect text := private.flag_effect(
        p_kind, v_score, p_phase, (select p.locked_at from public.pots as p where p.id = p_pot_id)
    );
    v_at timestamptz := private.now();
    v_flag_id uuid;
begin
    if v_effect is null then
        return false;
    end if;
    insert into private.flags as f (
        pot_id, entry_id, user_id, kind, score, evidence, phase, effect, created_at, updated_at
    )
    values (
        p_pot_id, p_entry_id, p_user_id, p_kind, v_score, p_evidence, p_phase, v_effect, v_at, v_at
    )
    on conflict (pot_id, user_id, kind) do update
    set
        score = excluded.score, evidence = excluded.evidence, phase = excluded.phase,
        effect = excluded.effect, updated_at = excluded.updated_at
    where f.status = 'open' and f.score < excluded.score
    returning f.flag_id into v_flag_id;
    if v_flag_id is null then
        return false;
    end if;
    perform private.log_event('flag_raised', p_pot_id, jsonb_build_object(
        'flag_id', v_flag_id, 'kind', p_kind, 'score', v_score, 'effect', v_effect
    ));
    return true;
end $$;

comment on function private.raise_flag(
    uuid, uuid, uuid, text, double precision, jsonb, text
) is
'Records a suspicion as the policy of its kind says. Returns whether a flag was written or raised.';

revoke all on function private.raise_flag(
    uuid, uuid, uuid, text, double precision, jsonb, text
)
from public, anon, authenticated, service_role;
