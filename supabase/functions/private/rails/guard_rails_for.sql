-- The narrowest rail of each rule: user, then template, then region, then global. "off" lifts what
-- is wider.
create or replace function private.guard_rails_for(
    p_user_id uuid, p_template_id bigint, p_region text
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select jsonb_object_agg(n.rule, n.value)
        from (
            select distinct on (r.rule) r.rule, r.value
            from private.guard_rails as r
            where (r.scope, r.scope_id) in (
                ('user', p_user_id::text),
                (
                    'template',
                    (select t.name from private.pot_templates as t where t.id = p_template_id)
                ),
                ('region', p_region),
                ('global', '')
            )
            order by r.rule, array_position('{user,template,region,global}', r.scope)
        ) as n
        where n.value <> '"off"'
    );
end $$;

comment on function private.guard_rails_for(uuid, bigint, text) is
'The limits in force for a player in a pot of a template (NULL without one), from a region: an '
'object {rule: value}; NULL when there is none.';

revoke all on function private.guard_rails_for(uuid, bigint, text)
from public, anon, authenticated, service_role;
