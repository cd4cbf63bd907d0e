-- Whoever may set limits, within which borders, and what an event says of it.

begin;
\ir ../support/helpers.sql
select plan(76);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 100);
select rpc('pot_orchestrator', 'upsert_pot_template', jsonb_build_object(
    'name', 'small', 'entry_cost', 1, 'max_tickets', 10, 'max_per_user', 5, 'open_pots', 0
));

select is(
    set_rail('global', null, 'joins_per_minute', '5'),
    '{"scope": "global", "scope_id": "", "rule": "joins_per_minute", "before": null, "value": 5}',
    'set'
);
select is(
    set_rail('global', '', 'joins_per_minute', '7', 'service_role'),
    '{"scope": "global", "scope_id": "", "rule": "joins_per_minute", "before": 5, "value": 7}',
    'changed, by the operator''s key too'
);
select look_at_tables();
select set_rail('global', null, 'joins_per_minute', '7');
select is(changed_tables(), '{}', 'the same again writes nothing');
select is(
    set_rail('global', null, 'joins_per_minute', null),
    '{"scope": "global", "scope_id": "", "rule": "joins_per_minute", "before": 7, "value": null}',
    'taken away'
);
select set_rail('user', upper(user_id('ann')::text), 'joins_per_day', '"off"');
select is(
    (
        select jsonb_agg(
            e.data - 'scope_id' || jsonb_build_object('actor', a.subject) order by e.id
        )
        from private.events as e
        inner join private.actors as a on e.actor_id = a.actor_id
        where e.kind = 'guard_rail_set'
    ),
    jsonb_build_array(
        '{"scope": "global", "rule": "joins_per_minute", "before": null, "after": 5,
            "reason": "a test"}'::jsonb || jsonb_build_object('actor', user_id('carol')),
        '{"scope": "global", "rule": "joins_per_minute", "before": 5, "after": 7,
            "reason": "a test", "actor": "role:service_role"}'::jsonb,
        '{"scope": "global", "rule": "joins_per_minute", "before": 7, "after": null,
            "reason": "a test"}'::jsonb || jsonb_build_object('actor', user_id('carol')),
        '{"scope": "user", "rule": "joins_per_day", "before": null, "after": "off",
            "reason": "a test"}'::jsonb || jsonb_build_object('actor', user_id('carol'))
    ),
    'each change is on record: who, why, before and after'
);
select is(
    (
        select a.subject
        from private.events as e
        inner join private.actors as a on a.actor_id = (e.data ->> 'scope_id')::uuid
        where e.data ->> 'scope' = 'user'
    ),
    user_id('ann')::text, 'of a user by pseudonym'
);

select set_rail('region', 'DE', 'credits_per_day', '9007199254740991');
select set_rail('template', 'small', 'blocked_regions', '["KP", "T1"]');
select is(
    (
        select jsonb_agg(r.rail - '{rail_id,updated_by}'::text[])
        from jsonb_array_elements(rpc('pot_compliance:carol', 'list_guard_rails')) as r (rail)
    ),
    jsonb_build_array(
        jsonb_build_object('scope_id', user_id('ann')) || '{
            "scope": "user", "rule": "joins_per_day", "value": "off", "reason": "a test",
            "updated_at": "2030-01-01T12:00:00.000000Z"
        }',
        '{
            "scope": "region", "scope_id": "DE", "rule": "credits_per_day",
            "value": 9007199254740991, "reason": "a test",
            "updated_at": "2030-01-01T12:00:00.000000Z"
        }'::jsonb,
        '{
            "scope": "template", "scope_id": "small", "rule": "blocked_regions",
            "value": ["KP", "T1"], "reason": "a test",
            "updated_at": "2030-01-01T12:00:00.000000Z"
        }'::jsonb
    ),
    'listed in order'
);
-- Codes that could be, 300 of them and one more.
create temporary table codes on commit drop as
select c.number, chr(65 + c.number / 26) || chr(65 + c.number % 26) as code
from generate_series(0, 300) as c (number);
select is(
    jsonb_array_length(set_rail('user', user_id('ann')::text, 'blocked_regions', (
        select jsonb_agg(c.code) from codes as c where c.number < 300
    )) -> 'value'),
    300, '300 regions are taken'
);
select refused(
    'pot_compliance:carol', 'set_guard_rail',
    jsonb_build_object(
        'scope', 'user', 'scope_id', user_id('ann'), 'rule', 'blocked_regions', 'reason', 'x',
        'value', (select jsonb_agg(c.code) from codes as c)
    ),
    'PT422', 'invalid_argument',
    '{
        "argument": "value",
        "expected": "an array of at most 300 region codes (ISO 3166, XX, T1), \"off\" or null"
    }',
    'and not one more'
);
select set_rail('user', user_id('ann')::text, 'blocked_regions', null);
create function pg_temp.listed(p_arguments jsonb)
returns text
language sql
as $$
    select string_agg(r.rail ->> 'scope', ' ')
    from jsonb_array_elements(
        rpc('pot_compliance:carol', 'list_guard_rails', p_arguments)
    ) as r (rail)
$$;
select is(pg_temp.listed('{"scope": "region"}'), 'region', 'of a scope');
select is(pg_temp.listed('{"scope": "region", "scope_id": "FR"}'), null, 'of one of it');
select is(pg_temp.listed('{"page_size": 2}'), 'user region', 'in pages');
select is(
    pg_temp.listed(jsonb_build_object('after', (
        select r.rail_id from private.guard_rails as r where r.scope = 'region'
    ))),
    'template', 'from the one before'
);

select refused(
    'pot_compliance:carol', 'set_guard_rail',
    '{"scope": "global", "scope_id": null, "rule": "joins_per_minute", "value": 5, "reason": "x"}'
    || b.change,
    'PT422', 'invalid_argument',
    jsonb_build_object('argument', b.argument, 'expected', b.expected), b.change::text
)
from (values
    ('{"scope": "world"}'::jsonb, 'scope', 'global, region, template, user'),
    ('{"scope": null}', 'scope', 'global, region, template, user'),
    ('{"scope_id": "DE"}', 'scope_id', 'null'),
    ('{"scope": "region"}', 'scope_id', 'a region code (ISO 3166, XX, T1)'),
    ('{"scope": "region", "scope_id": "de"}', 'scope_id', 'a region code (ISO 3166, XX, T1)'),
    ('{"scope": "template", "scope_id": "big"}', 'scope_id', 'the name of a template'),
    ('{"scope": "user", "scope_id": "ann"}', 'scope_id', 'the id of an existing user'),
    (
        '{"scope": "user", "scope_id": "00000000-0000-0000-0000-000000000000"}',
        'scope_id', 'the id of an existing user'
    ),
    (
        '{"scope": "region", "scope_id": "DE", "rule": "blocked_regions", "value": []}',
        'scope', 'global, template, user'
    ),
    ('{"value": -1}', 'value', 'a whole number, 0 to 1000000000, "off" or null'),
    ('{"value": 1.5}', 'value', 'a whole number, 0 to 1000000000, "off" or null'),
    ('{"value": "5"}', 'value', 'a whole number, 0 to 1000000000, "off" or null'),
    ('{"value": true}', 'value', 'a whole number, 0 to 1000000000, "off" or null'),
    ('{"value": [5]}', 'value', 'a whole number, 0 to 1000000000, "off" or null'),
    ('{"value": 1000000001}', 'value', 'a whole number, 0 to 1000000000, "off" or null'),
    ('{"value": 1e400}', 'value', 'a whole number, 0 to 1000000000, "off" or null'),
    (
        '{"rule": "credits_per_day", "value": 9007199254740992}',
        'value', 'a whole number, 0 to 9007199254740991, "off" or null'
    ),
    (
        '{"rule": "accounts_per_ip", "value": 0}',
        'value', 'a whole number, 1 to 1000000000, "off" or null'
    ),
    (
        '{"rule": "blocked_regions"}', 'value',
        'an array of at most 300 region codes (ISO 3166, XX, T1), "off" or null'
    ),
    (
        '{"rule": "blocked_regions", "value": ["de"]}', 'value',
        'an array of at most 300 region codes (ISO 3166, XX, T1), "off" or null'
    ),
    (
        '{"rule": "blocked_regions", "value": ["DE", null]}', 'value',
        'an array of at most 300 region codes (ISO 3166, XX, T1), "off" or null'
    ),
    ('{"reason": " "}', 'reason', '1 to 500 characters')
) as b (change, argument, expected);
select refused(
    'pot_compliance:carol', 'set_guard_rail',
    '{"scope": "global", "scope_id": null, "rule": "joins", "value": 5, "reason": "x"}',
    'PT422', 'invalid_argument',
    jsonb_build_object('argument', 'rule', 'expected', (
        select string_agg(r.rule, ', ') from private.guard_rules() as r
    )), 'a rule that there is not'
);
select refused(
    'pot_compliance:carol', 'list_guard_rails', '{"scope": "world"}', 'PT422', 'invalid_argument',
    '{"argument": "scope", "expected": "global, region, template or user"}', 'a scope to list'
);
select refused(
    'pot_compliance:carol', l.function, jsonb_build_object('page_size', l.page_size),
    'PT422', 'invalid_argument', '{"argument": "page_size", "expected": "1 to 1000"}',
    format('%s in pages of %s', l.function, l.page_size)
)
from (
    values ('list_guard_rails', 0), ('list_guard_rails', 1001), ('list_staff', 0)
) as l (function, page_size);
select refused(
    'pot_compliance', 'set_guard_rail',
    '{"scope": "global", "scope_id": null, "rule": "joins_per_day", "value": 5, "reason": "x"}',
    'PT401', 'login_required', '{}', 'compliance has a name'
);
select query_refused(
    c.caller, format('select to_jsonb(r) from public.%s as r', c.call),
    'permission denied for function ' || split_part(c.call, '(', 1), c.caller || ' ' || c.call
)
from (values
    ('anon', 'list_guard_rails()'), ('ann', 'list_guard_rails()'), ('ann', 'list_staff()'),
    ('pot_orchestrator', 'list_guard_rails()'),
    ('ann', 'set_guard_rail(''global'', null, ''joins_per_day'', ''5'', ''x'')'),
    ('pot_settlement', 'set_guard_rail(''global'', null, ''joins_per_day'', ''5'', ''x'')')
) as c (caller, call);

select * from finish();
rollback;
