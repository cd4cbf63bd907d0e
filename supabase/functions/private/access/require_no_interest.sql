-- Nobody moderates a pot of their own: who ever had tickets in it, also if they were given back,
-- gains by what is done to the others.
--
-- What decides over money holds the pot's gate or the officer's wallet meanwhile, or the pot is
-- locked: else the tickets could be bought at the same moment. An officer's first act makes them
-- staff, who do not join; a join that was faster is seen here.
-- Raises: not_allowed.
create or replace function private.require_no_interest(p_pot_id uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if exists (
        select
        from private.entries_ever as e
        where e.pot_id = p_pot_id and e.user_id = private.caller_sub()
    ) then
        perform private.fail('not_allowed', '{"reason": "an interest in this pot"}');
    end if;
end $$;

comment on function private.require_no_interest(uuid) is
'Fails with not_allowed where the caller has or had tickets in the pot: every function that '
'moderates one asks it.';

revoke all on function private.require_no_interest(uuid)
from public, anon, authenticated, service_role;
