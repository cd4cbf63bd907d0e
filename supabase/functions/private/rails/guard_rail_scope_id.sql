-- What a scope_id must be depends on the scope: nothing, a region, a template's name, a user's id.
create or replace function private.guard_rail_scope_id(p_scope text, p_scope_id text)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
    v_expected text;
    v_scope_id text;
begin
    case p_scope
        when 'global' then
            v_expected := 'null';
            v_scope_id := case when p_scope_id is null or p_scope_id = '' then '' end;
        when 'region' then
            v_expected := 'a region code (ISO 3166, XX, T1)';
            v_scope_id := case when p_scope_id ~ '^[A-Z][A-Z0-9]$' then p_scope_id end;
        when 'template' then
            v_expected := 'the name of a template';
            v_scope_id := p_scope_id;
        else
            v_expected := 'the id of an existing user';
            v_scope_id := case
                when p_scope_id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                    then lower(p_scope_id)
            end;
    end case;
    if v_scope_id is null then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'scope_id', 'expected', v_expected
        ));
    end if;
    return v_scope_id;
end $$;

comment on function private.guard_rail_scope_id(text, text) is
'The scope_id of a guard rail as it is stored; fails with invalid_argument for one that has not '
'the form of its scope''s. Whether there is such a one: private.require_guard_rail_scope.';

revoke all on function private.guard_rail_scope_id(text, text)
from public, anon, authenticated, service_role;
