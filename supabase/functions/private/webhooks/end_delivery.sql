-- Called under the lock of the subscription.
-- Writes: webhook_deliveries.
create or replace function private.end_delivery(
    p_delivery_id bigint, p_status text, p_last_status integer, p_last_error text
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_delivery private.webhook_deliveries;
begin
    update private.webhook_deliveries as d
    set
        status = p_status,
        next_attempt_at = null,
        lease = null,
        lease_until = null,
        last_status = p_last_status,
        last_error = p_last_error,
        ended_at = private.now()
    where d.delivery_id = p_delivery_id
    returning * into strict v_delivery;
    if v_delivery.pot_id is not null then
        perform private.promote_deliveries(v_delivery.webhook_id, v_delivery.pot_id);
    end if;
end $$;

comment on function private.end_delivery(bigint, text, integer, text) is
'Ends a delivery as delivered or dead, and makes the next one of its pot due.';

revoke all on function private.end_delivery(bigint, text, integer, text)
from public, anon, authenticated, service_role;
