-- What a moderation row of the chain keeps: the answer, and what was changed. private.prior_result
-- leaves the latter out again.
create or replace function private.with_change(
    p_result jsonb, p_before public.pots, p_after public.pots
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return p_result || jsonb_build_object(
        'before', private.moderation_state(p_before), 'after', private.moderation_state(p_after)
    );
end $$;

comment on function private.with_change(jsonb, public.pots, public.pots) is
'p_result, which a repeated call is answered with, and the pot''s `before` and `after`: the '
'metadata of a moderation row of the chain.';

revoke all on function private.with_change(jsonb, public.pots, public.pots)
from public, anon, authenticated, service_role;
