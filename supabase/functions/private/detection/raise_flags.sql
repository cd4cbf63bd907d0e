-- Writes suspicions, or raises the scores of the open ones of that pot, player and kind. What a
-- person has looked at, or proposed to uphold, stays as it was judged; a lower score changes
-- nothing, and a higher one weakens no effect.
--
-- Locks: the caller's pseudonym when it is new. The caller holds the pot's row, or is a join.
-- Writes: flags; events flag_raised.
create or replace function private.raise_flags(
    p_pot_id uuid, p_found private.suspicion[], p_phase text
)
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_at timestamptz := private.now();
    v_raised jsonb[];
begin
    with judged as (
        select
            s.user_id, s.entry_id, s.kind, r.score, s.evidence,
            private.flag_effect(s.kind, r.score, p_phase, p.locked_at) as effect
        from unnest(p_found) as s
        cross join lateral (
            select round(greatest(0, least(0.999, s.score))::numeric, 3) as score
        ) as r
        left join public.pots as p on p.id = p_pot_id
    ),
    written as (
        insert into private.flags as f (
            pot_id, entry_id, user_id, kind, score, evidence, phase, effect, created_at, updated_at
        )
        select
            p_pot_id, j.entry_id, j.user_id, j.kind, j.score, j.evidence, p_phase, j.effect,
            v_at, v_at
        from judged as j
        where j.effect is not null
        on conflict (pot_id, user_id, kind) do update
        set
            score = excluded.score, evidence = excluded.evidence, phase = excluded.phase,
            -- What was held stays so, also when the policies of its kind are gone meanwhile.
            effect = case
                when array_position('{refuse,hold,note}'::text[], f.effect)
                    < array_position('{refuse,hold,note}'::text[], excluded.effect)
                    then f.effect
                else excluded.effect
            end,
            updated_at = excluded.updated_at
        where f.status = 'open' and f.score < excluded.score
        returning f.flag_id, f.user_id, f.kind, f.score, f.effect
    )
    select array_agg(
        jsonb_build_object(
            'flag_id', w.flag_id, 'kind', w.kind, 'score', w.score, 'effect', w.effect
        )
        order by w.user_id, w.kind
    )
    into v_raised
    from written as w;
    perform private.log_events('flag_raised', p_pot_id, v_raised);
    return coalesce(cardinality(v_raised), 0);
end $$;

comment on function private.raise_flags(uuid, private.suspicion[], text) is
'Records suspicions, one a player and kind, as the policies of their kinds say. Returns how many '
'flags were written or raised.';

revoke all on function private.raise_flags(uuid, private.suspicion[], text)
from public, anon, authenticated, service_role;
