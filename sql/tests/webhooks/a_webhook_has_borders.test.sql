-- What an address, a filter and a threshold may be. Where a name leads to is for the deliverer.

begin;
\ir ../support/helpers.sql
select plan(82);

create temporary table good on commit drop as
select '{"url": "https://hooks.example/a?b=c"}'::jsonb as arguments;
select refused(
    'service_role', 'create_webhook', g.arguments || jsonb_build_object(c.argument, c.value),
    'PT422', 'invalid_argument', jsonb_build_object('argument', c.argument, 'expected', c.expected),
    format('%s %s', c.argument, left(c.value::text, 40))
)
from good as g
cross join (
    select 'url', u.value, 'https://host/path, in lower-case ASCII up to the path'
    from (values
        ('null'::jsonb), ('""'), ('"hooks.example"'), ('"ftp://hooks.example/"'), ('"https://"'),
        ('"https:///a"'), ('"https://user@hooks.example/"'), ('"https://a:b@hooks.example/"'),
        ('"https://hooks.example/a b"'), ('"https://hooks.example\\@inside/"'),
        ('"https://hooks.example/#a"'), ('"https://Hooks.example/"'),
        ('"https://b\u00fccher.example/"'), ('"https://hooks.example:0/"'),
        ('"https://hooks.example:123456/"'), ('"https://hooks.example/\n"'),
        ('"https://-a.example/"'), ('"https://[::1%25lo]/"'),
        (to_jsonb(rpad('https://hooks.example/', 2001, 'a')))
    ) as u (value)
    union all
    select 'events', e.value, 'up to 100 kinds of events'
    from (values
        ('"pot_settled"'::jsonb), ('{}'), ('[null]'), ('[1]'), ('["Pot"]'), ('["pot settled"]'),
        (to_jsonb(array_fill('pot_settled'::text, '{101}')))
    ) as e (value)
    union all
    select 'min_prize', p.value, '1 to 9007199254740991'
    from (values ('0'::jsonb), ('-1'), ('9007199254740992')) as p (value)
    union all
    select 'description', d.value, '1 to 200 characters'
    from (values ('""'::jsonb), ('" "'), (to_jsonb(repeat('d', 201)))) as d (value)
) as c (argument, value, expected);
select refused(
    'service_role', 'create_webhook',
    '{"url": "https://hooks.example/", "events": ["pot_locked"], "min_prize": 5}',
    'PT422', 'invalid_argument',
    '{"argument": "min_prize", "expected": "pot_settled among the events"}',
    'a threshold for what has no prize'
);
select ok(
    rpc('service_role', 'create_webhook', jsonb_build_object('url', u)) ? 'secret', u || ' is fine'
)
from unnest(array[
    'https://hooks.example', 'http://localhost:8080/hook', 'https://1.2.3.4/',
    'https://[2606:4700:4700::1111]:8443/a', 'https://xn--bcher-kva.example/?a=[1]&b=%20'
]) as u;
select ok(
    rpc('service_role', 'create_webhook', g.arguments || jsonb_build_object(c.argument, c.value))
    ? 'secret', c.what
)
from good as g
cross join (values
    ('url', to_jsonb(rpad('https://hooks.example/', 2000, 'a')), '2000 characters'),
    ('events', to_jsonb(array_fill('pot_settled'::text, '{100}')), '100 kinds of events')
) as c (argument, value, what);
select is(
    rpc('service_role', 'update_webhook', jsonb_build_object(
        'webhook_id', s.webhook_id, 'events', '[]'::jsonb, 'active', false
    )) -> 'active',
    'false', 'it is changed'
)
from private.webhook_subscriptions as s
where s.url = 'https://hooks.example';
select refused(
    'service_role', 'test_webhook', jsonb_build_object('webhook_id', s.webhook_id),
    'PT409', 'wrong_state', '{"active": false}', 'one that is not active is not tested'
)
from private.webhook_subscriptions as s
where s.url = 'https://hooks.example';
select refused(
    'pot_webhooks', 'report_delivery', jsonb_build_object(
        'delivery_id', 1, 'lease', pot_id('x'), 'status', r.status, 'error', r.error
    ),
    'PT422', 'invalid_argument', jsonb_build_object('argument', r.argument, 'expected', r.expected),
    'a report of ' || coalesce(r.status::text, 'nothing') || ' ' || coalesce(r.error, '')
)
from (values
    (null::integer, null::text, 'error', 'null with a status of 200 to 299, else its class'),
    (500, null, 'error', 'null with a status of 200 to 299, else its class'),
    (1000, 'status', 'status', '100 to 999')
) as r (status, error, argument, expected);

select * from finish();
rollback;
