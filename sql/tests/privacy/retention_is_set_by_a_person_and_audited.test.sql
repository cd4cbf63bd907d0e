-- set_retention changes what is given, says before and after, and nothing when nothing changes.

begin;
\ir ../support/helpers.sql
select plan(13);

select refused(
    'pot_compliance', 'set_retention', '{"reason": ""}', 'PT422', 'invalid_argument',
    '{"argument": "reason", "expected": "1 to 500 characters"}', 'for no reason'
);
select refused(
    'pot_compliance', 'set_retention', '{"reason": "less", "key_days": 0}', 'PT422',
    'invalid_argument', '{"argument": "key_days", "expected": "1 to 3650"}', 'not for a day'
);
select refused(
    'pot_compliance', 'set_retention', '{"reason": "less"}', 'PT401', 'login_required', '{}',
    'by nobody'
);
select refused(
    'pot_compliance', 'get_retention', '{}', 'PT401', 'login_required', '{}', 'read by nobody'
);
select is(
    rpc('pot_compliance:carol', 'set_retention', '{"reason": "the law", "network_days": 30}'),
    '{"network_days": 30, "key_days": 30, "evidence_days": 365}', 'one is set'
);
select is(
    (select e.data from private.events as e where e.kind = 'retention_set'),
    '{
        "reason": "the law",
        "before": {"network_days": 90, "key_days": 30, "evidence_days": 365},
        "after": {"network_days": 30, "key_days": 30, "evidence_days": 365}
    }',
    'with an event of before and after'
);
select look_at_tables();
select rpc('pot_compliance:carol', 'set_retention', '{"reason": "again", "network_days": 30}');
select is(changed_tables(), '{}', 'the same again changes nothing');
select is(
    rpc('pot_compliance:carol', 'get_retention'),
    '{
        "network_days": 30, "key_days": 30, "evidence_days": 365, "waiting": 0,
        "purged_until": {"keys": null, "network": null, "evidence": null}
    }',
    'and anybody of compliance reads it'
);
select query_refused(
    c.caller, 'select public.get_retention()', 'permission denied for function get_retention',
    c.caller
)
from unnest('{ann}'::text[]) as c (caller);

select * from finish();
rollback;
