-- The same for the whole request: one that is made is kept for the rest of the transaction, which
-- is the request. It tells what belongs together and proves nothing, since a client may choose it.
create or replace function private.correlation_id()
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_given text := private.normal_correlation_id(private.request_header('x-correlation-id'));
    v_made text;
begin
    if v_given is not null then
        return v_given;
    end if;
    v_made := current_setting('pots.correlation_id', true);
    if v_made is null or v_made = '' then
        v_made := gen_random_uuid()::text;
        perform pg_catalog.set_config('pots.correlation_id', v_made, true);
    end if;
    return v_made;
end $$;

comment on function private.correlation_id() is
'The request''s x-correlation-id as private.normal_correlation_id leaves it; without one an id '
'that is made for the request.';

revoke all on function private.correlation_id()
from public, anon, authenticated, service_role;
