-- Nothing of it is trusted further than who sets it: the address and the region are the edge's word
-- (docs/guard-rails.md), the device and the correlation id the client's. Address and device leave
-- this function as hashes only.
-- Writes: as private.known_as.
-- Raises: no_data_found (a pepper that is gone).
create or replace function private.request_context(p_pepper_id bigint)
returns private.request_context
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_address text;
    v_device text;
    v_region text;
    v_correlation_id text;
    v_secret bytea;
    v_context private.request_context;
begin
    select
        private.normal_address(
            case
                when s.trusted_hops > 0 then private.forwarded_address(
                    h.headers ->> 'x-forwarded-for', s.trusted_hops
                )
                when lower(s.ip_header) <> 'x-forwarded-for' then h.headers ->> lower(s.ip_header)
            end
        ),
        private.normal_device(h.headers ->> 'x-device-id'),
        private.normal_region(h.headers ->> lower(s.region_header)),
        private.normal_correlation_id(h.headers ->> 'x-correlation-id'),
        coalesce(p.secret, private.pepper_secret(p.id))
    into strict v_address, v_device, v_region, v_correlation_id, v_secret
    from private.settings as s
    inner join private.peppers as p on p.id = p_pepper_id
    cross join (
        select nullif(current_setting('request.headers', true), '')::jsonb as headers
        offset 0
    ) as h
    where s.only_row;
    v_context := (
        private.fingerprint('ip', v_address, v_secret),
        private.fingerprint('device', v_device, v_secret),
        v_region,
        coalesce(v_correlation_id, private.correlation_id())
    );
    -- Under the first pepper nobody was known by another.
    if p_pepper_id > 1 then
        v_context.ip_hash := private.known_as('ip', v_address, v_context.ip_hash, p_pepper_id);
        v_context.device_hash := private.known_as(
            'device', v_device, v_context.device_hash, p_pepper_id
        );
    end if;
    return v_context;
end $$;

comment on function private.request_context(bigint) is
'Where the request comes from: address and device hashed under the pepper, region, correlation id.';

revoke all on function private.request_context(bigint)
from public, anon, authenticated, service_role;
