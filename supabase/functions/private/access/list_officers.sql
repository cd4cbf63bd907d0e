-- Guards, in order: arguments; who calls.
-- Raises: invalid_argument, login_required, not_allowed.
create or replace function private.list_officers(p_after uuid, p_page_size integer)
returns setof public.officer
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    perform private.require_range('page_size', p_page_size, 1, 1000);
    perform private.require_officer();
    return query
    select
        o.user_id, o.reason, o.added_by, private.json_time(o.added_at),
        private.json_time(o.revoked_at)
    from private.officers as o
    where p_after is null or o.user_id > p_after
    order by o.user_id
    limit p_page_size;
end $$;

comment on function private.list_officers(uuid, integer) is
'Definer half of public.list_officers.';

revoke all on function private.list_officers(uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function private.list_officers(uuid, integer)
to pot_compliance, service_role;
