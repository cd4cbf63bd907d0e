-- What failed at another address counts no more; what failed at this one does, whatever else of the
-- webhook is changed. An attempt at the very end of the time for it is still made.

begin;
\ir ../support/helpers.sql
select plan(5);

select freeze_time('2030-01-01 12:00:00Z');
-- Without the chance that is in a pause.
create or replace function private.webhook_pause(
    p_failures integer, p_first interval, p_most interval
)
returns interval
language sql
volatile
set search_path = ''
as $$
    select p_first
$$;
update private.settings
set webhook_circuit_failures = 1, webhook_retry_for = '5 seconds'
where only_row;
create temporary table hook on commit drop as
select rpc('service_role', 'create_webhook', '{"url": "https://a.example/"}') -> 'webhook_id' as id;
create function pg_temp.update_hook(p_what jsonb) returns void language sql as $$
    select rpc('service_role', 'update_webhook', jsonb_build_object('webhook_id', h.id) || p_what)
    from hook as h
$$;
create function pg_temp.failed() returns jsonb language sql as $$
    select jsonb_build_array(w -> 'failures', w -> 'circuit')
    from jsonb_array_elements(rpc('service_role', 'list_webhooks')) as w
$$;
select private.log_event('one', null, '{}');
select rpc('pot_webhooks', 'fan_out_webhooks') is null;
select is(
    (
        select rpc('pot_webhooks', 'report_delivery', jsonb_build_object(
            'delivery_id', c -> 'delivery_id', 'lease', c -> 'lease', 'error', 'timeout'
        )) - '{delivery_id,retry_at}'::text[]
        from jsonb_array_elements(rpc('pot_webhooks', 'claim_deliveries')) as c
    ),
    '{"status": "pending", "attempts": 1, "next_attempt_at": "2030-01-01T12:00:05.000000Z"}',
    'an attempt at the end of the time is not too late'
);
select is(pg_temp.failed(), '[1, "open"]', 'it failed');
select pg_temp.update_hook('{"description": "ours", "url": "https://a.example/"}');
select is(pg_temp.failed(), '[1, "open"]', 'and has, under another description');
select pg_temp.update_hook('{"url": "https://b.example/"}');
select is(pg_temp.failed(), '[0, "closed"]', 'at another address it has not');
select pass_time('5 seconds');
select is(
    rpc('pot_webhooks', 'claim_deliveries') #>> '{0,url}', 'https://b.example/',
    'which is tried without a rest'
);

select * from finish();
rollback;
