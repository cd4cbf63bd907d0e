-- Raises: invalid_argument.
create or replace function private.read_webhook_events(p_events jsonb)
returns text[]
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_events is null or p_events = '[]' then
        return null;
    end if;
    if jsonb_typeof(p_events) <> 'array'
        or jsonb_array_length(p_events) > 100
        or exists (
            select
            from jsonb_array_elements(p_events) as e (kind)
            where jsonb_typeof(e.kind) <> 'string' or e.kind #>> '{}' !~ '^[a-z][a-z_]{1,39}$'
        )
    then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'events', 'expected', 'up to 100 kinds of events'
        ));
    end if;
    return (
        select array_agg(distinct e.kind order by e.kind)
        from jsonb_array_elements_text(p_events) as e (kind)
    );
end $$;

comment on function private.read_webhook_events(jsonb) is
'The kinds of events that a JSON array names, sorted; NULL, for all kinds, when there are none in '
'it.';

revoke all on function private.read_webhook_events(jsonb)
from public, anon, authenticated, service_role;
