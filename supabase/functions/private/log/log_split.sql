-- Where the tree over p_size leaves parts into two.
create or replace function private.log_split(p_size bigint)
returns bigint
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
    v_split bigint := 1;
begin
    while v_split << 1 < p_size loop
        v_split := v_split << 1;
    end loop;
    return v_split;
end $$;

comment on function private.log_split(bigint) is
'The largest power of two below p_size (2 or more): where a tree parts (RFC 6962, 2.1).';

revoke all on function private.log_split(bigint)
from public, anon, authenticated, service_role;
