-- Called under the lock of the subscription, by a statement that follows it.
-- Writes: webhook_deliveries.
create or replace function private.promote_deliveries(p_webhook_id uuid, p_pot_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
    if p_pot_id is not null then
        update private.webhook_deliveries as d
        set next_attempt_at = private.now()
        where d.next_attempt_at is null
            and d.delivery_id = (
                select e.delivery_id
                from private.webhook_deliveries as e
                where e.webhook_id = p_webhook_id
                    and e.pot_id = p_pot_id
                    and e.status = 'pending'
                order by e.position
                limit 1
            );
    else
        update private.webhook_deliveries as d
        set next_attempt_at = private.now()
        where d.webhook_id = p_webhook_id
            and d.status = 'pending'
            and d.next_attempt_at is null
            and (
                d.pot_id is null
                or not exists (
                    select
                    from private.webhook_deliveries as e
                    where e.webhook_id = d.webhook_id
                        and e.pot_id = d.pot_id
                        and e.status = 'pending'
                        and e.position < d.position
                )
            );
    end if;
end $$;

comment on function private.promote_deliveries(uuid, uuid) is
'Makes the first pending delivery of a pot due, of all pots when p_pot_id is NULL, if it waited '
'for one that has ended.';

revoke all on function private.promote_deliveries(uuid, uuid)
from public, anon, authenticated, service_role;
