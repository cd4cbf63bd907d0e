-- What sharing a device or an address weighs by itself. Families share both, so two on one address
-- say nothing yet; offices and carriers share an address with many, of whom few are in one pot; and
-- a device of dozens of accounts is an app's default id and no device.
create or replace function private.link_weight(
    p_link text, p_members bigint, p_accounts integer, p_is_devices boolean,
    p_has_devices boolean, p_addresses bigint
)
returns double precision
language sql
immutable
set search_path = ''
as $$
    select (
        case
            -- A chain of devices that two use each is weaker than one that all use.
            when p_is_devices then least(
                -0.5 + 1.5 * (least(p_members, p_accounts) - 2)
                + 0.4 * greatest(0, p_members - p_accounts), 4
            ) - case p_link when 'linked_accounts' then 0.4 else 0 end
            when not p_has_devices
                then least(-1.4 + 0.7 * (p_members - 2), -0.4)
                - 0.6 * ln(greatest(5, p_members) / 5.0)
                - case p_link when 'linked_accounts' then 1 else 0 end
            else least(-1.2 + 0.8 * (p_members - 2), 0.5)
        end
        - case
            when p_is_devices
                then greatest(0, ln(greatest(p_accounts, 20) / greatest(20.0, p_members)))
            else 1.3 * ln(greatest(p_accounts, p_members) / p_members::numeric)
        end
        -- A family's tablet is at the family's address.
        + case
            when p_link <> 'shared_device' or p_addresses = 0 then 0
            when p_addresses >= p_members then ln(0.5 / 0.15)
            else ln(0.5 / 0.85)
        end
    )::double precision
$$;

comment on function private.link_weight(text, bigint, integer, boolean, boolean, bigint) is
'Log odds for one person of p_members sharing what p_accounts were ever seen with; p_addresses is '
'from how many addresses they came to this pot.';

revoke all on function private.link_weight(text, bigint, integer, boolean, boolean, bigint)
from public, anon, authenticated, service_role;
