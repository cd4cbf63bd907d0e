-- The secret is made here and bound as a parameter wherever it goes, so that it stands in no
-- statement's text.
-- Writes: webhook_secrets, and the Vault where there is one.
create or replace function private.add_webhook_secret(p_webhook_id uuid)
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_secret text := 'whsec_' || encode(extensions.gen_random_bytes(32), 'base64');
    v_name text := 'pots/webhook/' || p_webhook_id || '/' || gen_random_uuid();
    v_vault_id uuid;
begin
    if to_regprocedure('vault.create_secret(text, text, text, uuid)') is not null then
        execute format('select %I.create_secret($1, $2, $3)', 'vault')
        into v_vault_id
        using v_secret, v_name, 'signs deliveries of a Community Pots webhook';
    end if;
    insert into private.webhook_secrets (webhook_id, secret, vault_id, created_at)
    values (
        p_webhook_id, case when v_vault_id is null then v_secret end, v_vault_id, private.now()
    );
    return v_secret;
end $$;

comment on function private.add_webhook_secret(uuid) is
'Makes a new secret of 32 random bytes for a webhook, keeps it, in Supabase''s Vault where the '
'database has it, and returns it (whsec_ and base64).';

revoke all on function private.add_webhook_secret(uuid)
from public, anon, authenticated, service_role;
