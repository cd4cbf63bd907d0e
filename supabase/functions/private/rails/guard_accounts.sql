-- Two accounts of one address, or of one device, share no lock that a join takes anyway, so joins
-- of one pot from one address take turns here, and only where a limit is set.
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
    v_of_ip bigint := case
        when p_context.ip_hash is not null then (p_rails ->> 'accounts_per_ip')::bigint
    end;
    v_of_device bigint := case
        when p_context.device_hash is not null then (p_rails ->> 'accounts_per_device')::bigint
    end;
    v_limit text;
begin
    if v_of_ip is null and v_of_device is null then
        return null;
    end if;
    perform
        case when v_of_ip is not null then pg_advisory_xact_lock(
            hashtextextended('pots/ip/' || p_pot_id || p_context.ip_hash, 0)
        ) end,
        case when v_of_device is not null then pg_advisory_xact_lock(
            hashtextextended('pots/device/' || p_pot_id || p_context.device_hash, 0)
        ) end;
    -- Statements of its own: they see what whoever held the locks committed.
    v_limit := private.reached_accounts(
        p_pot_id, p_user_id, p_rails, p_context.ip_hash, p_context.device_hash
    );
    return case when v_limit is not null then jsonb_build_object('limit', v_limit, 'left', 0) end;
end $$;

comment on function private.guard_accounts(uuid, uuid, jsonb, private.request_context) is
'Which limit of accounts an address or a device among p_rails one more account in the pot would '
'exceed, as {limit, left}; NULL when none.';

revoke all on function private.guard_accounts(uuid, uuid, jsonb, private.request_context)
from public, anon, authenticated, service_role;
