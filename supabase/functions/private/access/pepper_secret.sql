-- Vault is Supabase's: where it is missing nothing of it may be named but in text.
-- Raises: no_data_found, which callers tell as busy, where the secret is gone: a pot whose limits
-- cannot be kept sells nothing.
create or replace function private.pepper_secret(p_pepper_id bigint)
returns bytea
language plpgsql
stable
set search_path = ''
as $$
declare
    v_pepper private.peppers;
    v_secret text;
begin
    select * into strict v_pepper from private.peppers as p where p.id = p_pepper_id;
    if v_pepper.secret is not null then
        return v_pepper.secret;
    end if;
    if v_pepper.vault_id is not null then
        execute 'select d.decrypted_secret from vault.decrypted_secrets as d where d.id = $1'
        into v_secret
        using v_pepper.vault_id;
    end if;
    if v_secret is null then
        raise no_data_found using message = 'a pepper is gone';
    end if;
    return decode(v_secret, 'hex');
end $$;

comment on function private.pepper_secret(bigint) is
'The secret of a pepper, from Vault or from the table. Raises no_data_found where it is gone.';

revoke all on function private.pepper_secret(bigint)
from public, anon, authenticated, service_role;
