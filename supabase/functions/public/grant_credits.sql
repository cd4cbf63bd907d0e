-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.grant_credits.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.grant_credits(
    user_id uuid,
    amount bigint,
    reason text,
    idempotency_key text
)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.grant_credits(user_id, amount, reason, idempotency_key);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.grant_credits(uuid, bigint, text, text) is
'Grants 1 to 2^53-1 credits to a player: the only way credits enter. idempotency_key NULL never '
'deduplicates. Returns {transfer_id, user_id, amount, balance, version}. Raises PT422 '
'invalid_argument, PT409 idempotency_key_reused.';

revoke all on function public.grant_credits(uuid, bigint, text, text)
from public, anon, authenticated, service_role;
grant execute on function public.grant_credits(uuid, bigint, text, text)
to pot_treasury, service_role;
