-- Regions are not looked up: there are those that the header names.
create or replace function private.require_guard_rail_scope(p_scope text, p_scope_id text)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_expected text;
begin
    if p_scope = 'template' then
        v_expected := 'the name of a template';
        perform from private.pot_templates as t where t.name = p_scope_id;
    elsif p_scope = 'user' then
        v_expected := 'the id of an existing user';
        perform
        from auth.users as u
        where u.id = p_scope_id::uuid and not private.is_erased(u.id);
    else
        return;
    end if;
    if not found then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'scope_id', 'expected', v_expected
        ));
    end if;
end $$;

comment on function private.require_guard_rail_scope(text, text) is
'Fails with invalid_argument unless the template or user of a guard rail exists; p_scope_id is '
'what private.guard_rail_scope_id made of it.';

revoke all on function private.require_guard_rail_scope(text, text)
from public, anon, authenticated, service_role;
