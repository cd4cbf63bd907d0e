-- HMAC-SHA-256 of a caller's address or device under a secret pepper, hex
create or replace function private.fingerprint(p_kind text, p_value text, p_pepper bytea)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
begin
    return encode(
        extensions.hmac(
            convert_to('pots/' || p_kind || '/v1', 'UTF8') || '\x00'::bytea
            || convert_to(p_value, 'UTF8'),
            p_pepper,
            'sha256'
        ),
        'hex'
    );
end $$;

comment on function private.fingerprint(text, text, bytea) is
'HMAC-SHA-256 of a caller''s address or device under a secret pepper, hex; NULL of NULL. The '
'value itself is never kept.';

revoke all on function private.fingerprint(text, text, bytea)
from public, anon, authenticated, service_role;
