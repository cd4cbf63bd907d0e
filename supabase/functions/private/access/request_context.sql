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
    v_headers jsonb := nullif(current_setting('request.headers', true), '')::jsonb;
    v_settings private.settings;
    v_pepper bytea := private.pepper_secret(p_pepper_id);
    v_address text;
begin
    select * into strict v_settings from private.settings as s where s.only_row;
    if v_settings.trusted_hops > 0 then
        v_address := private.forwarded_address(
            v_headers ->> 'x-forwarded-for', v_settings.trusted_hops
        );
    elsif lower(v_settings.ip_header) <> 'x-forwarded-for' then
        v_address := v_headers ->> lower(v_settings.ip_header);
    end if;
    return (
        private.fingerprint('ip', private.normal_address(v_address), v_pepper),
        private.fingerprint(
            'device', private.normal_device(v_headers ->> 'x-device-id'), v_pepper
        ),
        private.normal_region(v_headers ->> lower(v_settings.region_header)),
        private.correlation_id()
    )::private.request_context;
end $$;

comment on function private.request_context(bigint) is
'Where the request comes from: address and device hashed under the pepper, region, correlation id.';

revoke all on function private.request_context(bigint)
from public, anon, authenticated, service_role;
