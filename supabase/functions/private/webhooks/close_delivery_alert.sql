-- Whoever gives a webhook up disables it: nobody is told of its dead letters any more.
-- Writes: alerts.
create or replace function private.close_delivery_alert()
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
    if not exists (
        select
        from private.webhook_deliveries as d
        inner join private.webhook_subscriptions as s on d.webhook_id = s.webhook_id
        where d.status = 'dead' and s.active
    ) then
        perform private.close_alerts('delivery_dead', null);
    end if;
end $$;

comment on function private.close_delivery_alert() is
'Closes alert delivery_dead once no active webhook has a dead letter.';

revoke all on function private.close_delivery_alert()
from public, anon, authenticated, service_role;
