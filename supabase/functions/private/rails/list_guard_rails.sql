-- Guards, in order: arguments; who calls.
-- Raises: invalid_argument, login_required.
create or replace function private.list_guard_rails(
    p_scope text, p_scope_id text, p_after bigint, p_page_size integer
)
returns setof public.guard_rail
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    if p_scope is not null and p_scope not in ('global', 'region', 'template', 'user') then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'scope', 'expected', 'global, region, template or user'
        ));
    end if;
    perform private.require_range('page_size', p_page_size, 1, 1000);
    perform private.require_officer();
    return query
    select
        r.rail_id, r.scope, r.scope_id, r.rule, r.value, r.reason, r.updated_by,
        private.json_time(r.updated_at)
    from private.guard_rails as r
    where (p_scope is null or r.scope = p_scope)
        and (p_scope_id is null or r.scope_id = p_scope_id)
        and r.rail_id > coalesce(p_after, 0)
    order by r.rail_id
    limit p_page_size;
end $$;

comment on function private.list_guard_rails(text, text, bigint, integer) is
'Definer half of public.list_guard_rails.';

revoke all on function private.list_guard_rails(text, text, bigint, integer)
from public, anon, authenticated, service_role;
grant execute on function private.list_guard_rails(text, text, bigint, integer)
to pot_compliance, service_role;
