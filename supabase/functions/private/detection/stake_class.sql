-- How much somebody bought, in classes that mean the same whatever the cap is.
create or replace function private.stake_class(p_tickets numeric, p_cap integer)
returns integer
language sql
immutable
set search_path = ''
as $$
    select case
        when p_cap = 1 then 0
        when p_tickets >= 0.8 * p_cap then 4
        when p_tickets = 1 then 1
        when p_tickets < 0.5 * p_cap then 2
        else 3
    end
$$;

comment on function private.stake_class(numeric, integer) is
'0 where the cap is one, 4 from 80% of the cap on, 1 one ticket, 2 under half of the cap, else 3.';

revoke all on function private.stake_class(numeric, integer)
from public, anon, authenticated, service_role;
