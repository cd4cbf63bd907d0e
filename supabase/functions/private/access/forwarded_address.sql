-- Each proxy appends whom it got the request from. What is left of the operator's own proxies' part
-- is what the client wrote, so it is never looked at.
create or replace function private.forwarded_address(p_header text, p_hops integer)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
    -- The end is enough, however long a client made the rest.
    v_hops text[] := string_to_array(right(p_header, 8000), ',');
    v_place integer := cardinality(v_hops) - p_hops + 1;
begin
    if p_hops < 1 or v_place < 1 then
        return null;
    end if;
    return v_hops[v_place];
end $$;

comment on function private.forwarded_address(text, integer) is
'The element of x-forwarded-for that is p_hops from the right; NULL when there are fewer.';

revoke all on function private.forwarded_address(text, integer)
from public, anon, authenticated, service_role;
