-- SQLSTATE, MESSAGE, DETAIL and HINT of a documented error; an unknown token is a defect, not a
-- message to a caller.

begin;
\ir ../support/helpers.sql
select plan(22);

create function pg_temp.raised(p_token text)
returns text[]
language plpgsql
as $$
declare
    v_code text;
    v_message text;
    v_detail text;
    v_hint text;
begin
    perform private.fail(p_token, '{"left": 1}');
    return null;
exception
    when others then
        get stacked diagnostics
            v_code = returned_sqlstate, v_message = message_text,
            v_detail = pg_exception_detail, v_hint = pg_exception_hint;
        return array[v_code, v_message, v_detail, v_hint];
end $$;
select is(
    pg_temp.raised(c.token), array[c.sqlstate_code, c.token, '{"left": 1}', c.hint], c.token
)
from private.error_catalogue() as c;
select is(
    (pg_temp.raised('no_such_token'))[1:2], '{23514,unknown error token no_such_token}', 'unknown'
);

select * from finish();
rollback;
