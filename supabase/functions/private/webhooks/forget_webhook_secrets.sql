-- Writes: deletes from webhook_secrets, and from the Vault.
create or replace function private.forget_webhook_secrets()
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_vault_id uuid;
begin
    for v_vault_id in
        delete from private.webhook_secrets as s
        where s.retires_at <= private.now()
        returning s.vault_id
    loop
        if v_vault_id is not null then
            execute format('delete from %I.secrets as s where s.id = $1', 'vault')
            using v_vault_id;
        end if;
    end loop;
end $$;

comment on function private.forget_webhook_secrets() is
'Deletes the secrets that have retired: nothing is signed with them any more.';

revoke all on function private.forget_webhook_secrets()
from public, anon, authenticated, service_role;
