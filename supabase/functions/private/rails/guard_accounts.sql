-- How many accounts one address, or one device, has in a pot. Two of them share no lock that a join
-- takes anyway, so joins of one pot from one address take turns here, and only where a limit is
-- set.
--
-- An address is the edge's word. A device is the client's, and somebody may send another's: so
-- whoever used a device first, in whatever pot, is never refused for it.
-- Locks: an advisory lock of pot and address, then one of pot and device.
create or replace function private.guard_accounts(
    p_pot_id uuid, p_user_id uuid, p_rails jsonb, p_context private.request_context
)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_limit bigint := (p_rails ->> 'accounts_per_ip')::bigint;
begin
    if v_limit is not null and p_context.ip_hash is not null then
        perform pg_advisory_xact_lock(
            hashtextextended('pots/ip/' || p_pot_id || p_context.ip_hash, 0)
        );
        -- A statement of its own: it sees what whoever held the lock committed.
        if v_limit <= (
            select case when bool_or(e.user_id = p_user_id) then 0
                else count(distinct e.user_id) end
            from public.pot_entries as e
            where e.ip_hash = p_context.ip_hash and e.pot_id = p_pot_id and e.cancelled_at is null
        ) then
            return '{"limit": "accounts_per_ip", "left": 0}'::jsonb;
        end if;
    end if;
    v_limit := (p_rails ->> 'accounts_per_device')::bigint;
    if v_limit is not null and p_context.device_hash is not null then
        perform pg_advisory_xact_lock(
            hashtextextended('pots/device/' || p_pot_id || p_context.device_hash, 0)
        );
        if v_limit <= (
            select case when bool_or(e.user_id = p_user_id) then 0
                else count(distinct e.user_id) end
            from public.pot_entries as e
            where e.device_hash = p_context.device_hash
                and e.pot_id = p_pot_id
                and e.cancelled_at is null
        ) and p_user_id <> (
            select e.user_id
            from public.pot_entries as e
            where e.device_hash = p_context.device_hash
            order by e.seq
            limit 1
        ) then
            return '{"limit": "accounts_per_device", "left": 0}'::jsonb;
        end if;
    end if;
    return null;
end $$;

comment on function private.guard_accounts(uuid, uuid, jsonb, private.request_context) is
'Which limit of accounts an address or a device among p_rails one more account in the pot would '
'exceed, as {limit, left}; NULL when none.';

revoke all on function private.guard_accounts(uuid, uuid, jsonb, private.request_context)
from public, anon, authenticated, service_role;
