-- Alerts are listed in pages, newest first, for compliance; acknowledging takes a person.

begin;
\ir ../support/helpers.sql
select plan(25);

select private.raise_alert('test_' || n, null, jsonb_build_object('n', n))
from generate_series(1, 5) as g (n);
create function pg_temp.page(p_arguments jsonb)
returns jsonb
language sql
as $$
    select jsonb_agg(l.r ->> 'kind' order by l.place)
    from jsonb_array_elements(rpc('pot_compliance:carol', 'list_alerts', p_arguments))
        with ordinality as l (r, place)
$$;
create function pg_temp.named(p_kind text)
returns uuid
language sql
as $$
    select a.alert_id from private.alerts as a where a.kind = p_kind
$$;

select is(pg_temp.page('{"page_size": 2}'), '["test_5", "test_4"]', 'the newest two');
select is(
    pg_temp.page(jsonb_build_object('page_size', 2, 'after', pg_temp.named('test_4'))),
    '["test_3", "test_2"]', 'then those after them'
);
select is(
    pg_temp.page(jsonb_build_object('page_size', 2, 'after', pg_temp.named('test_2'))),
    '["test_1"]', 'then the last'
);
select is(
    rpc('service_role', 'list_alerts', '{"page_size": 1}') #>> '{0,severity}', 'page',
    'a kind that no catalogue has is worth waking somebody'
);
select refused(
    'pot_compliance:carol', 'list_alerts', c.arguments, 'PT422', 'invalid_argument',
    jsonb_build_object('argument', c.argument, 'expected', c.expected), c.arguments::text
)
from (values
    ('page_size', '1 to 100', '{"page_size": 0}'::jsonb),
    ('page_size', '1 to 100', '{"page_size": 101}'),
    ('page_size', '1 to 100', '{"page_size": null}'),
    ('status', 'open, acknowledged or closed', '{"status": "OPEN"}'),
    ('after', 'the alert_id of an alert', '{"after": "00000000-0000-0000-0000-000000000000"}')
) as c (argument, expected, arguments);
select refused(
    c.caller, 'ack_alert',
    jsonb_build_object('alert_id', pg_temp.named('test_1'), 'reason', 'a test') || c.more,
    c.code, c.message, c.details, c.what
)
from (values
    (
        'pot_compliance', '{}'::jsonb, 'PT401', 'login_required', '{}'::jsonb, 'nobody'
    ),
    (
        'pot_compliance:carol', '{"reason": " "}', 'PT422', 'invalid_argument',
        '{"argument": "reason", "expected": "1 to 500 characters"}', 'no reason'
    ),
    (
        'pot_compliance:carol', '{"alert_id": null}', 'PT422', 'invalid_argument',
        '{"argument": "alert_id", "expected": "a value"}', 'no alert'
    ),
    (
        'pot_compliance:carol', '{"alert_id": "00000000-0000-0000-0000-000000000000"}',
        'PT422', 'invalid_argument',
        '{"argument": "alert_id", "expected": "the alert_id of an alert"}', 'an unknown alert'
    )
) as c (caller, more, code, message, details, what);
select query_refused(
    c.caller, 'select to_jsonb(count(*)) from public.list_alerts()',
    'permission denied for function list_alerts', c.caller || ' lists none'
)
from (values ('anon'), ('ann'), ('pot_orchestrator')) as c (caller);

select * from finish();
rollback;
