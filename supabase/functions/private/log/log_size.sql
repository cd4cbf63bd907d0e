-- Leaves are numbered without gaps, so the last one tells how many there are.
create or replace function private.log_size()
returns bigint
language plpgsql
stable
set search_path = ''
as $$
begin
    return coalesce(
        (select l.leaf_index + 1 from private.log_leaves as l order by l.leaf_index desc limit 1), 0
    );
end $$;

comment on function private.log_size() is
'How many leaves the log has.';

revoke all on function private.log_size()
from public, anon, authenticated, service_role;
