-- Nothing of it is trusted further than who sets it: the address and the region are the edge's word
-- (docs/guard-rails.md), the device and the correlation id the client's. Address and device leave
-- this function as hashes only.
-- Raises: no_data_found (a pepper that is gone).
create or replace function private.request_context(p_pepper_id bigint)
returns private.request_context
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_context private.request_context;
begin
    select
        private.fingerprint('ip', private.normal_address(
            case
                when s.trusted_hops > 0 then private.forwarded_address(
                    h.headers ->> 'x-forwarded-for', s.trusted_hops
                )
                when lower(s.ip_header) <> 'x-forwarded-for' then h.headers ->> lower(s.ip_header)
            end
        ), coalesce(p.secret, private.pepper_secret(p.id))),
        private.fingerprint(
            'device', private.normal_device(h.headers ->> 'x-device-id'),
            coalesce(p.secret, private.pepper_secret(p.id))
        ),
        private.normal_region(h.headers ->> lower(s.region_header)),
        private.correlation_id()
    into strict v_context
    from private.settings as s
    inner join private.peppers as p on p.id = p_pepper_id
    cross join (
        select nullif(current_setting('request.headers', true), '')::jsonb as headers
        offset 0
    ) as h
    where s.only_row;
    return v_context;
end $$;

comment on function private.request_context(bigint) is
'Where the request comes from: address and device hashed under the pepper, region, correlation id.';

revoke all on function private.request_context(bigint)
from public, anon, authenticated, service_role;
