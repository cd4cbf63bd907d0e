-- Guards, in order: arguments; who calls.
-- Raises: invalid_argument, login_required.
create or replace function private.list_staff(p_after uuid, p_page_size integer)
returns setof public.staff_member
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    perform private.require_range('page_size', p_page_size, 1, 1000);
    perform private.require_officer();
    return query
    select s.user_id, s.reason, s.added_by, private.json_time(s.added_at)
    from private.staff as s
    where p_after is null or s.user_id > p_after
    order by s.user_id
    limit p_page_size;
end $$;

comment on function private.list_staff(uuid, integer) is
'Definer half of public.list_staff.';

revoke all on function private.list_staff(uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function private.list_staff(uuid, integer)
to pot_compliance, service_role;
