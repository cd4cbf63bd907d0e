-- Guards: arguments.
-- Locks: subscriptions with something due that nobody holds, without waiting; their deliveries.
-- Writes: webhook_deliveries (attempts, lease).
-- Raises: invalid_argument, busy (a transaction of one snapshot).
create or replace function private.claim_deliveries(
    p_max_deliveries integer, p_per_webhook integer, p_lease_seconds integer
)
returns setof public.claimed_delivery
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_at timestamptz;
    v_left integer := p_max_deliveries;
    v_room integer;
    v_hook record;
    v_secrets text[];
    v_taken bigint[];
begin
    perform private.require_range('max_deliveries', p_max_deliveries, 1, 1000);
    perform private.require_range('per_webhook', p_per_webhook, 1, 100);
    perform private.require_range('lease_seconds', p_lease_seconds, 1, 3600);
    perform private.require_read_committed();
    v_at := private.now();
    -- Who has waited longest comes first.
    for v_hook in
        select s.webhook_id, s.url, s.failures
        from private.webhook_subscriptions as s
        cross join lateral (
            select d.next_attempt_at as due_at
            from private.webhook_deliveries as d
            where d.webhook_id = s.webhook_id and d.next_attempt_at <= v_at
            order by d.next_attempt_at
            limit 1
        ) as w
        where s.active and (s.retry_at is null or s.retry_at <= v_at)
        order by w.due_at, s.webhook_id
        for no key update of s skip locked
    loop
        exit when v_left = 0;
        -- An address that fails holds one place, however much there is for it.
        v_room := case when v_hook.failures = 0 then p_per_webhook else 1 end - (
            select count(*)
            from private.webhook_deliveries as d
            where d.webhook_id = v_hook.webhook_id
                and d.lease is not null
                and d.lease_until > v_at
        );
        continue when v_room <= 0;
        -- Whose secrets are gone from the Vault is sent nothing until it has a new one.
        v_secrets := private.webhook_secrets_of(v_hook.webhook_id);
        continue when cardinality(v_secrets) = 0;
        with due as (
            select d.delivery_id
            from private.webhook_deliveries as d
            where d.webhook_id = v_hook.webhook_id and d.next_attempt_at <= v_at
            order by d.next_attempt_at, d.delivery_id
            limit least(v_room, v_left)
            for no key update
        ),

        taken as (
            update private.webhook_deliveries as d
            set
                attempts = d.attempts + 1,
                first_attempt_at = coalesce(d.first_attempt_at, v_at),
                last_attempt_at = v_at,
                lease = gen_random_uuid(),
                lease_until = v_at + make_interval(secs => p_lease_seconds),
                next_attempt_at = v_at + make_interval(secs => p_lease_seconds)
            from due
            where d.delivery_id = due.delivery_id
            returning d.delivery_id
        )

        select coalesce(array_agg(t.delivery_id), '{}') into v_taken from taken as t;
        v_left := v_left - cardinality(v_taken);
        return query
        select
            d.delivery_id, d.lease, d.webhook_id, d.event_id, d.kind, v_hook.url,
            private.webhook_body(d), v_secrets, d.attempts
        from private.webhook_deliveries as d
        where d.delivery_id = any(v_taken)
        order by d.delivery_id;
    end loop;
end $$;

comment on function private.claim_deliveries(integer, integer, integer) is
'Definer half of public.claim_deliveries.';

revoke all on function private.claim_deliveries(integer, integer, integer)
from public, anon, authenticated, service_role;
grant execute on function private.claim_deliveries(integer, integer, integer)
to pot_webhooks;
