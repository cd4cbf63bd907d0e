-- Shape, then login, then existence: for get_case and list_cases.

begin;
\ir ../support/helpers.sql
select plan(22);

select open_pot('big');
select open_pot('other');
select make_user('ann', 100);
select join_pot('ann', 'other', 1);
select refused(
    'pot_compliance:carol', 'get_case', '{"pot_id": null}', 'PT422', 'invalid_argument',
    '{"argument": "pot_id", "expected": "a value"}', 'the case of nothing'
);
select refused(
    'pot_compliance', 'get_case', on_pot('nowhere', '{"page_size": 1001}'),
    'PT422', 'invalid_argument', '{"argument": "page_size", "expected": "1 to 1000"}',
    'a page that is too large'
);
select refused(
    'pot_compliance', 'get_case', on_pot('nowhere'), 'PT401', 'login_required', '{}', 'by nobody'
);
select refused(
    'pot_compliance:carol', 'get_case', on_pot('nowhere'), 'PT404', 'pot_not_found', '{}',
    'the case of no pot'
);
select refused(
    'pot_compliance:carol', 'get_case',
    on_pot('big', jsonb_build_object('after', entry_id('ann', 'other'))),
    'PT404', 'entry_not_found', '{"argument": "after"}', 'after an entry of another pot'
);
select refused(
    'pot_compliance:carol', 'list_cases', '{"needs": "love"}', 'PT422', 'invalid_argument',
    '{"argument": "needs", "expected": "flags, alerts, hold or paused"}', 'an unknown need'
);
select refused(
    'pot_compliance:carol', 'list_cases', '{"page_size": 101}', 'PT422', 'invalid_argument',
    '{"argument": "page_size", "expected": "1 to 100"}', 'a list that is too long'
);
select refused(
    'pot_compliance', 'list_cases', '{}', 'PT401', 'login_required', '{}', 'a list by nobody'
);
select refused(
    'pot_compliance:carol', 'list_cases',
    jsonb_build_object('after', pot_id('nowhere')), 'PT404', 'pot_not_found',
    '{"argument": "after"}', 'after no pot'
);
select query_refused(
    c.caller, format('select to_jsonb(r) from public.%s as r limit 1', c.call),
    format('permission denied for function %s', split_part(c.call, '(', 1)),
    format('%s by %s', c.call, c.caller)
)
from (values
    ('ann', 'get_case(gen_random_uuid())'), ('pot_orchestrator', 'get_case(gen_random_uuid())'),
    ('ann', 'list_cases()'), ('pot_settlement', 'list_cases()')
) as c (caller, call);

select * from finish();
rollback;
