-- A key's id
create or replace function private.key_id(p_purpose text, p_public_key bytea)
returns text
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
    select left(
        encode(
            sha256(private.tag('pots/kid/v1') || private.tag(p_purpose) || p_public_key), 'hex'
        ),
        16
    )
$$;

comment on function private.key_id(text, bytea) is
'A key''s id: the first 16 hex digits of SHA-256(T("pots/kid/v1") || T(purpose) || public_key).';

revoke all on function private.key_id(text, bytea)
from public, anon, authenticated, service_role;
