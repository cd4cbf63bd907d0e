-- The strongest effect whose score is reached. Nothing is refused any more once a pot is locked:
-- what
-- would have been refused holds the payout then. A kind without a policy is noted.
create or replace function private.flag_effect(p_kind text, p_score numeric, p_phase text)
returns text
language sql
stable
set search_path = ''
as $$
    select case
        when not exists (select from private.flag_policies as f where f.kind = p_kind) then 'note'
        else (
            select case when p.effect = 'refuse' and p_phase <> 'join' then 'hold' else p.effect end
            from private.flag_policies as p
            where p.kind = p_kind and p.min_score <= p_score
            order by array_position('{refuse,hold,note}'::text[], p.effect)
            limit 1
        )
    end
$$;

comment on function private.flag_effect(text, numeric, text) is
'What the policy makes of a score: note, hold, or in phase join refuse; NULL when it is too low to '
'be recorded.';

revoke all on function private.flag_effect(text, numeric, text)
from public, anon, authenticated, service_role;
