-- The strongest effect whose score is reached. Nothing is refused any more once a pot is locked:
-- what would have been refused holds the payout then. A kind without a policy is noted.
--
-- A policy that was set after a pot locked is not for that pot: whoever knows its seed knows by
-- then what wins, and a lower score would be a way to hold it.
create or replace function private.flag_effect(
    p_kind text, p_score numeric, p_phase text, p_locked_at timestamptz
)
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
            where p.kind = p_kind
                and p.min_score <= p_score
                and (p_locked_at is null or p.updated_at <= p_locked_at)
            order by array_position('{refuse,hold,note}'::text[], p.effect)
            limit 1
        )
    end
$$;

comment on function private.flag_effect(text, numeric, text, timestamptz) is
'What the policy makes of a score: note, hold, or in phase join refuse; NULL when it is too low to '
'be recorded. p_locked_at is when the pot locked, NULL while it has not.';

revoke all on function private.flag_effect(text, numeric, text, timestamptz)
from public, anon, authenticated, service_role;
