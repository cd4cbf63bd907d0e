-- A raised error would roll back the record that compliance must see; these refusals are
-- answers instead.
create or replace function private.refuse(p_token text, p_detail jsonb default '{}')
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_error record;
begin
    select c.sqlstate_code, c.hint into strict v_error
    from private.error_catalogue() as c
    where c.token = p_token;
    perform pg_catalog.set_config('response.status', substr(v_error.sqlstate_code, 3), true);
    return jsonb_build_object(
        'code', v_error.sqlstate_code,
        'message', p_token,
        'details', p_detail::text,
        'hint', coalesce(private.error_hint(p_token, p_detail), v_error.hint)
    );
end $$;

comment on function private.refuse(text, jsonb) is
'Returns the documented error p_token as a body {code, message, details, hint} and asks PostgREST '
'for its HTTP status, so that the transaction commits with the record its caller wrote (contract '
'section 4).';

revoke all on function private.refuse(text, jsonb)
from public, anon, authenticated, service_role;
