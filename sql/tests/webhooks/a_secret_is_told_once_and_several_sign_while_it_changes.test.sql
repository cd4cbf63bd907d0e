-- Only create and rotate answer with a secret. While one takes another's place both sign; a secret
-- that has retired is deleted.

begin;
\ir ../support/helpers.sql
select plan(16);

select freeze_time('2030-01-01 12:00:00Z');
create temporary table made on commit drop as
select rpc('service_role', 'create_webhook', '{"url": "https://hooks.example/"}') as answer;
create function pg_temp.on_hook(p_more jsonb default '{}') returns jsonb language sql as $$
    select jsonb_build_object('webhook_id', m.answer -> 'webhook_id') || p_more from made as m
$$;
create function pg_temp.signing() returns text[] language sql as $$
    select private.webhook_secrets_of((m.answer ->> 'webhook_id')::uuid) from made as m
$$;

select matches(
    m.answer ->> 'secret', '^whsec_[A-Za-z0-9+/]{43}=$', 'whsec_ and 32 bytes in base64'
)
from made as m;
select is(pg_temp.signing(), array[m.answer ->> 'secret'], 'it signs') from made as m;

create temporary table rotated on commit drop as
select rpc('service_role', 'rotate_webhook_secret', pg_temp.on_hook()) as answer;
select is(
    r.answer ->> 'old_secret_until', '2030-01-02T12:00:00.000000Z', 'the old one signs for a day'
)
from rotated as r;
select is(
    pg_temp.signing(), array[r.answer ->> 'secret', m.answer ->> 'secret'],
    'both sign, the new first'
)
from rotated as r cross join made as m;
select isnt(r.answer -> 'secret', m.answer -> 'secret', 'they differ')
from rotated as r cross join made as m;
select is(
    rpc('service_role', 'list_webhooks') #>> '{0,old_secret_until}', '2030-01-02T12:00:00.000000Z',
    'the list says until when'
);
select pass_time('1 day');
select is(pg_temp.signing(), array[r.answer ->> 'secret'], 'then the new one alone')
from rotated as r;
select is(
    rpc('service_role', 'list_webhooks') #> '{0,old_secret_until}', 'null',
    'and the list has none that ends'
);
select is((select count(*) from private.webhook_secrets), 2::bigint, 'the old one is still kept');
select rpc('pot_webhooks', 'fan_out_webhooks') is null;
select is((select count(*) from private.webhook_secrets), 1::bigint, 'until the next round');

create temporary table leaked on commit drop as
select rpc('service_role', 'rotate_webhook_secret', pg_temp.on_hook('{"overlap_seconds": 0}'))
    as answer;
select is(pg_temp.signing(), array[l.answer ->> 'secret'], 'one that leaked is gone at once')
from leaked as l;

select is(
    (
        select count(*)
        from (
            select rpc('service_role', 'list_webhooks')::text as said
            union all
            select rpc('service_role', 'list_webhook_deliveries')::text
            union all
            select jsonb_agg(to_jsonb(e))::text from private.events as e
        ) as s
        where s.said ~ 'whsec_'
    ),
    0::bigint, 'no list and no event shows any'
);
select refused(
    'service_role', 'rotate_webhook_secret', pg_temp.on_hook('{"overlap_seconds": 2592001}'),
    'PT422', 'invalid_argument', '{"argument": "overlap_seconds", "expected": "0 to 2592000"}',
    'an overlap is at most 30 days'
);
select refused(
    'service_role', 'rotate_webhook_secret', jsonb_build_object('webhook_id', pot_id('none')),
    'PT422', 'invalid_argument', '{"argument": "webhook_id", "expected": "a webhook"}',
    'a webhook that is none'
);

select * from finish();
rollback;
