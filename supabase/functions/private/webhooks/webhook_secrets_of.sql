-- VOLATILE, so that it reads what was written since the statement that calls it began.
create or replace function private.webhook_secrets_of(p_webhook_id uuid)
returns text[]
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_row record;
    v_secret text;
    v_secrets text[] := array[]::text[];
begin
    for v_row in
        select s.secret, s.vault_id
        from private.webhook_secrets as s
        where s.webhook_id = p_webhook_id and (s.retires_at is null or s.retires_at > private.now())
        order by s.secret_id desc
    loop
        v_secret := v_row.secret;
        if v_row.vault_id is not null then
            execute format(
                'select s.decrypted_secret from %I.decrypted_secrets as s where s.id = $1', 'vault'
            )
            into v_secret
            using v_row.vault_id;
        end if;
        -- One that somebody took out of the Vault signs no more.
        if v_secret is not null then
            v_secrets := v_secrets || v_secret;
        end if;
    end loop;
    return v_secrets;
end $$;

comment on function private.webhook_secrets_of(uuid) is
'The secrets that sign a webhook''s deliveries now, the newest first.';

revoke all on function private.webhook_secrets_of(uuid)
from public, anon, authenticated, service_role;
