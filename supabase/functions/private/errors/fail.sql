-- The one way to refuse a call: SQLSTATE and HINT come from the catalogue, so they cannot
-- differ between callers.
-- Raises: the error named by p_token; check_violation for a token that the catalogue lacks (a
-- defect).
create or replace function private.fail(p_token text, p_detail jsonb default '{}')
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_error record;
begin
    select c.sqlstate_code, c.hint into v_error
    from private.error_catalogue() as c
    where c.token = p_token;
    if not found then
        raise check_violation using message = 'unknown error token ' || p_token;
    end if;
    raise exception using
        errcode = v_error.sqlstate_code,
        message = p_token,
        detail = p_detail::text,
        hint = coalesce(private.error_hint(p_token, p_detail), v_error.hint);
end $$;

comment on function private.fail(text, jsonb) is
'Raises the documented error p_token of private.error_catalogue with DETAIL p_detail, a JSON '
'object without personal data or secrets. Never returns.';

revoke all on function private.fail(text, jsonb)
from public, anon, authenticated, service_role;
