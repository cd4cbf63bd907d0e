-- How many accounts one address, or one device, has in a pot. An address is the edge's word. A
-- device is the client's, and somebody may send another's: so whoever used a device first, in
-- whatever pot, is never refused for it.
-- Locks: the caller holds those of private.guard_accounts. VOLATILE, so that it reads what whoever
-- held them committed.
create or replace function private.reached_accounts(
    p_pot_id uuid, p_user_id uuid, p_rails jsonb, p_ip_hash text, p_device_hash text
)
returns text
language plpgsql
volatile
set search_path = ''
as $$
begin
    return case
        when (p_rails ->> 'accounts_per_ip')::bigint <= (
            select case when bool_or(e.user_id = p_user_id) then 0
                else count(distinct e.user_id) end
            from public.pot_entries as e
            where e.ip_hash = p_ip_hash and e.pot_id = p_pot_id and e.cancelled_at is null
        ) then 'accounts_per_ip'
        when (p_rails ->> 'accounts_per_device')::bigint <= (
            select case when bool_or(e.user_id = p_user_id) then 0
                else count(distinct e.user_id) end
            from public.pot_entries as e
            where e.device_hash = p_device_hash
                and e.pot_id = p_pot_id
                and e.cancelled_at is null
        ) and p_user_id <> (
            select e.user_id
            from public.pot_entries as e
            where e.device_hash = p_device_hash
            order by e.seq
            limit 1
        ) then 'accounts_per_device'
    end;
end $$;

comment on function private.reached_accounts(uuid, uuid, jsonb, text, text) is
'Which limit of accounts an address or a device among p_rails one more account in the pot would '
'exceed; NULL when none.';

revoke all on function private.reached_accounts(uuid, uuid, jsonb, text, text)
from public, anon, authenticated, service_role;
