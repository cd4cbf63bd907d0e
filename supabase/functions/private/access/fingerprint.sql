-- HMAC-SHA-256 of a caller's address or device under the secret pepper, hex
create or replace function private.fingerprint(p_kind text, p_value text)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_value is null then
        return null;
    end if;
    return encode(
        extensions.hmac(
            private.tag('pots/' || p_kind || '/v1') || convert_to(p_value, 'UTF8'),
            (select s.fingerprint_pepper from private.settings as s where s.only_row),
            'sha256'
        ),
        'hex'
    );
end $$;

comment on function private.fingerprint(text, text) is
'HMAC-SHA-256 of a caller''s address or device under the secret pepper, hex; NULL of NULL. The '
'value itself is never kept.';

revoke all on function private.fingerprint(text, text)
from public, anon, authenticated, service_role;
