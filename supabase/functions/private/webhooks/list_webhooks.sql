-- Counts are of the partial indexes: what was delivered is not read.
create or replace function private.list_webhooks()
returns setof public.webhook
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    return query
    select
        s.webhook_id,
        s.url,
        s.events,
        s.min_prize,
        s.description,
        s.active,
        case
            when s.retry_at is null then 'closed'
            when s.retry_at > private.now() then 'open'
            else 'half_open'
        end,
        s.failures,
        private.json_time(s.retry_at),
        (
            select count(*)
            from private.webhook_deliveries as d
            where d.webhook_id = s.webhook_id and d.status = 'pending'
        ),
        (
            select count(*)
            from private.webhook_deliveries as d
            where d.webhook_id = s.webhook_id and d.status = 'dead'
        ),
        private.json_time(k.newest_at),
        private.json_time(k.old_until),
        private.json_time(s.created_at)
    from private.webhook_subscriptions as s
    cross join lateral (
        select max(c.created_at) as newest_at, max(c.retires_at) as old_until
        from private.webhook_secrets as c
        where c.webhook_id = s.webhook_id
            and (c.retires_at is null or c.retires_at > private.now())
    ) as k
    order by s.created_at, s.webhook_id;
end $$;

comment on function private.list_webhooks() is
'Definer half of public.list_webhooks.';

revoke all on function private.list_webhooks()
from public, anon, authenticated, service_role;
grant execute on function private.list_webhooks()
to service_role;
