-- The registered, unrevoked key of p_purpose whose Ed25519 signature of p_message this is
create or replace function private.find_signer(p_purpose text, p_message bytea, p_signature bytea)
returns private.signing_keys
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_key private.signing_keys;
begin
    -- The newest key first: it is the one in use.
    for v_key in
        select *
        from private.signing_keys as k
        where k.purpose = p_purpose and k.revoked_at is null
        order by k.valid_from desc
        for key share
    loop
        if private.ed25519_verify(decode(v_key.public_key, 'hex'), p_message, p_signature) then
            return v_key;
        end if;
    end loop;
    return null;
end $$;

comment on function private.find_signer(text, bytea, bytea) is
'The registered, unrevoked key of p_purpose whose Ed25519 signature of p_message this is; all '
'NULL when there is none. Holds the key''s row, so that it cannot be revoked before this '
'transaction ends.';

revoke all on function private.find_signer(text, bytea, bytea)
from public, anon, authenticated, service_role;
