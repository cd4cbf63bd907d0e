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
            when p_is_devices and p_link = 'linked_accounts'
                then least(-0.9 + 1.1 * (p_members - 2), 3.6)
            when p_is_devices then least(-0.5 + 1.5 * (p_members - 2), 4)
            when not p_has_devices
                then least(-1.4 + 0.7 * (p_members - 2), 0)
                - 0.6 * ln(greatest(5, p_members) / 5.0)
                - case p_link when 'linked_accounts' then 1 else 0 end
            else least(-1.2 + 0.8 * (p_members - 2), 0.5)
        end
        - case
            -- Of more than a family on them as few are here as of any crowd, of a ring most.
            when p_is_devices
                then 2 * greatest(0, ln(p_accounts / p_members::numeric))
                * least(1, greatest(0, p_accounts - 6) / 6.0)
            else 1.3 * ln(greatest(p_accounts, p_members) / p_members::numeric)
        end
        -- A family's tablet is at the family's address.
        + case
            when not p_is_devices or p_addresses = 0 then 0
            when p_addresses < p_members then ln(0.5 / 0.85)
            -- What was shared earlier may have been shared at home.
            when p_link = 'shared_device' then ln(0.5 / 0.15)
            else 0
        end
    )::double precision
$$;

comment on function private.link_weight(text, bigint, integer, boolean, boolean, bigint) is
'Log odds for one person of p_members sharing what p_accounts were ever seen with; p_addresses is '
'from how many addresses they came to this pot.';

revoke all on function private.link_weight(text, bigint, integer, boolean, boolean, bigint)
from public, anon, authenticated, service_role;
