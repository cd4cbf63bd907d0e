-- Keeps the answer to an idempotency key
create or replace function private.remember(
    p_operation text, p_key text, p_request jsonb, p_response jsonb
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
    if p_key is null then
        return;
    end if;
    insert into private.idempotency_keys (operation, key, subject, request, response, created_at)
    values (p_operation, p_key, private.caller_subject(), p_request, p_response, private.now())
    on conflict (operation, key) do nothing;
    if not found then
        perform private.fail('idempotency_key_reused');
    end if;
end $$;

comment on function private.remember(text, text, jsonb, jsonb) is
'Keeps the answer to an idempotency key; nothing when the key is NULL. Raises '
'idempotency_key_reused when another caller took the key meanwhile.';

revoke all on function private.remember(text, text, jsonb, jsonb)
from public, anon, authenticated, service_role;
