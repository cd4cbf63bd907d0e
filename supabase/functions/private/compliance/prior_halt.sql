-- What a repeated pause or resume is answered with. It took effect, so its answer stays the first
-- one when the pot went on since, as a resumed one may at once: until the opposite was done.
create or replace function private.prior_halt(p_pot_id uuid, p_action text)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select case when last.action = p_action then private.prior_result(p_pot_id, p_action) end
    from (
        select a.action
        from public.pots_audit as a
        where a.pot_id = p_pot_id and a.action in ('paused', 'resumed')
        order by a.seq desc
        limit 1
    ) as last
$$;

comment on function private.prior_halt(uuid, text) is
'The first answer of p_action, paused or resumed, when it was the last of both in the pot and by '
'the caller, in whatever state the pot is since; NULL otherwise.';

revoke all on function private.prior_halt(uuid, text)
from public, anon, authenticated, service_role;
