-- What follows hashes the text, so one client must have one text: IPv4 as it is, also where IPv6
-- carries it (::ffff:0:0/96), and of IPv6 the /64, inside of which a client changes at will.
create or replace function private.normal_address(p_text text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
    v_text text := btrim(left(p_text, 100), e' \t');
    v_address inet;
begin
    if v_text ~ '^((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\.(?!$)|$)){4}$' then
        return v_text;
    end if;
    -- No port, no brackets, no zone, no mask: what is not an address alone is none.
    if length(v_text) > 45
        or v_text !~ '^[0-9a-fA-F:]*:([0-9a-fA-F]*|[0-9]{1,3}(\.[0-9]{1,3}){3})$'
    then
        return null;
    end if;
    -- A block of its own, since entering one costs as much as all the rest.
    begin
        v_address := v_text::inet;
        if v_address <<= inet '::ffff:0:0/96' then
            return host(inet '0.0.0.0' + (v_address - inet '::ffff:0:0'));
        end if;
        return network(set_masklen(v_address, 64))::text;
    exception
        when invalid_text_representation then
            return null;
    end;
end $$;

comment on function private.normal_address(text) is
'The one text of a client''s address: IPv4 dotted, IPv6 as its /64; NULL for anything else.';

revoke all on function private.normal_address(text)
from public, anon, authenticated, service_role;
