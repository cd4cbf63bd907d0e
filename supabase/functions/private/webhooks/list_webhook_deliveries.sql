-- Raises: invalid_argument.
create or replace function private.list_webhook_deliveries(
    p_webhook_id uuid, p_status text, p_after bigint, p_page_size integer
)
returns setof public.webhook_delivery
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    perform private.require_range('page_size', p_page_size, 1, 1000);
    if p_status is not null and p_status not in ('pending', 'delivered', 'dead') then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'status', 'expected', 'pending, delivered or dead'
        ));
    end if;
    return query
    select
        d.delivery_id, d.webhook_id, d.event_id, d.position, d.kind, d.pot_id, d.status, d.attempts,
        private.json_time(d.next_attempt_at), private.json_time(d.last_attempt_at),
        d.last_status, d.last_error, private.json_time(d.created_at), private.json_time(d.ended_at)
    from private.webhook_deliveries as d
    where (p_webhook_id is null or d.webhook_id = p_webhook_id)
        and (p_status is null or d.status = p_status)
        and (p_after is null or d.delivery_id < p_after)
    order by d.delivery_id desc
    limit p_page_size;
end $$;

comment on function private.list_webhook_deliveries(uuid, text, bigint, integer) is
'Definer half of public.list_webhook_deliveries.';

revoke all on function private.list_webhook_deliveries(uuid, text, bigint, integer)
from public, anon, authenticated, service_role;
grant execute on function private.list_webhook_deliveries(uuid, text, bigint, integer)
to service_role;
