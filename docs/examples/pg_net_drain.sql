-- Delivers webhooks from inside the database, by pg_net, where no `pypot deliver` can run.
-- Run once as postgres; then have pg_cron call it:
--
--     select cron.schedule('pots-webhooks', '5 seconds', 'select private.drain_webhooks()');
--
-- pg_net takes a request when the transaction that made it commits, so what is claimed here and
-- rolled back is never sent. What it loses in a crash is due again when the lease ends.

create table private.webhook_requests (
    request_id bigint primary key,
    delivery_id bigint not null,
    lease uuid not null,
    sent_at timestamptz not null
);
comment on table private.webhook_requests is
'Requests that pg_net has and that nothing has come back of.';
alter table private.webhook_requests enable row level security;
create policy webhook_requests_nobody on private.webhook_requests for all to public
using (false) with check (false);
revoke all on private.webhook_requests from public, anon, authenticated, service_role;

create or replace function private.drain_webhooks()
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_answer record;
    v_delivery public.claimed_delivery;
    v_at text;
    v_signatures text;
    v_sent integer := 0;
begin
    -- What has come back, and what never will.
    for v_answer in
        delete from private.webhook_requests as r
        using net._http_response as a
        where a.id = r.request_id
        returning
            r.delivery_id, r.lease, a.status_code, a.timed_out,
            (
                select h.value::integer
                from jsonb_each_text(a.headers) as h
                where lower(h.key) = 'retry-after' and h.value ~ '^[0-9]{1,9}$'
                limit 1
            ) as retry_after
    loop
        perform private.report_delivery(
            v_answer.delivery_id, v_answer.lease, v_answer.status_code,
            case
                when v_answer.timed_out then 'timeout'
                when v_answer.status_code is null then 'connection'
                when v_answer.status_code between 200 and 299 then null
                when v_answer.status_code between 300 and 399 then 'redirect'
                else 'status'
            end,
            -- Seconds; a date is passed over.
            v_answer.retry_after
        );
    end loop;
    delete from private.webhook_requests as r where r.sent_at < private.now() - interval '1 hour';

    perform private.fan_out_webhooks(1000);
    for v_delivery in select * from private.claim_deliveries(50, 10, 60) loop
        v_at := floor(extract(epoch from private.now()))::bigint::text;
        -- Standard Webhooks: HMAC-SHA-256 over id.timestamp.body, by each secret.
        select string_agg(
            'v1,' || encode(extensions.hmac(
                convert_to(v_delivery.event_id || '.' || v_at || '.' || v_delivery.body, 'UTF8'),
                decode(substr(s.secret, 7), 'base64'),
                'sha256'
            ), 'base64'),
            ' ' order by s.place
        ) into v_signatures
        from unnest(v_delivery.secrets) with ordinality as s (secret, place);
        insert into private.webhook_requests (request_id, delivery_id, lease, sent_at)
        values (
            net.http_post(
                url => v_delivery.url,
                -- It sends body::text, which is what was signed.
                body => v_delivery.body::jsonb,
                params => '{}'::jsonb,
                headers => jsonb_build_object(
                    'Content-Type', 'application/json',
                    'webhook-id', v_delivery.event_id,
                    'webhook-timestamp', v_at,
                    'webhook-signature', v_signatures
                ),
                timeout_milliseconds => 15000
            ),
            v_delivery.delivery_id, v_delivery.lease, private.now()
        );
        v_sent := v_sent + 1;
    end loop;
    return v_sent;
end $$;

comment on function private.drain_webhooks() is
'Reports what pg_net has done, and hands it the deliveries that are due; returns how many.';

revoke all on function private.drain_webhooks()
from public, anon, authenticated, service_role;
