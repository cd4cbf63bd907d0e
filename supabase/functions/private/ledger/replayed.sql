-- The caller holds the wallet of the request's player, so calls with one key wait for the first
-- of them.
create or replace function private.replayed(p_operation text, p_key text, p_request jsonb)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_first private.idempotency_keys;
begin
    if p_key is null then
        return null;
    end if;
    select * into v_first
    from private.idempotency_keys as k
    where k.operation = p_operation and k.key = p_key;
    if not found then
        return null;
    end if;
    if v_first.subject <> private.caller_subject() or v_first.request <> p_request then
        perform private.fail('idempotency_key_reused');
    end if;
    return v_first.response;
end $$;

comment on function private.replayed(text, text, jsonb) is
'The stored answer to an idempotency key of p_operation; NULL when the key is NULL or new. Raises '
'idempotency_key_reused for other arguments or another caller.';

revoke all on function private.replayed(text, text, jsonb)
from public, anon, authenticated, service_role;
