-- The same error as a body, and PostgREST is asked for its HTTP status.

begin;
\ir ../support/helpers.sql
select plan(22);

select is(
    private.refuse(c.token, '{"left": 1}')
    || jsonb_build_object('status', current_setting('response.status')),
    jsonb_build_object(
        'code', c.sqlstate_code, 'message', c.token, 'details', '{"left": 1}', 'hint', c.hint,
        'status', substr(c.sqlstate_code, 3)
    ),
    c.token
)
from private.error_catalogue() as c;
select throws_ok(
    $$ select private.refuse('no_such_token') $$, 'P0002', null, 'an unknown token is a defect'
);

select * from finish();
rollback;
