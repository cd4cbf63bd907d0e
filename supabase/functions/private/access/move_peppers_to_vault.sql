-- Locks: the peppers that move.
-- Writes: vault.secrets, peppers.
create or replace function private.move_peppers_to_vault()
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_pepper private.peppers;
    v_vault_id uuid;
begin
    if to_regclass('vault.decrypted_secrets') is null then
        return;
    end if;
    for v_pepper in
        select * from private.peppers as p where p.secret is not null order by p.id for update
    loop
        execute 'select vault.create_secret($1, $2, $3)'
        into strict v_vault_id
        using
            encode(v_pepper.secret, 'hex'),
            format('community-pots/%s/pepper/%s', gen_random_uuid(), v_pepper.id),
            'Community Pots: addresses and devices are hashed under it.';
        update private.peppers as p
        set secret = null, vault_id = v_vault_id
        where p.id = v_pepper.id;
    end loop;
end $$;

comment on function private.move_peppers_to_vault() is
'Moves every secret of private.peppers into Supabase''s Vault; does nothing where there is none.';

revoke all on function private.move_peppers_to_vault()
from public, anon, authenticated, service_role;
