-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.join_pot.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.join_pot(
    pot_id uuid,
    ticket_count integer,
    idempotency_key text default null
)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.join_pot(pot_id, ticket_count, idempotency_key);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.join_pot(uuid, integer, text) is
'Buys ticket_count tickets (PRD 4.1, POST /api/pots/{id}/join): credits move to the pot''s escrow. '
'idempotency_key, up to 255 characters: a repeated call gets the first answer. Returns {entry_id, '
'pot_id, ticket_count, credits_spent, balance, tickets_sold, credits_committed, entrant, salt}; '
'keep the salt, it proves the entry is yours. Raises PT401, PT402, PT403, PT404, PT409, PT422, '
'PT429, PT503 (docs/error-codes.md).';

revoke all on function public.join_pot(uuid, integer, text)
from public, anon, authenticated, service_role;
grant execute on function public.join_pot(uuid, integer, text)
to authenticated, service_role;
