-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.reveal_pot.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.reveal_pot(
    pot_id uuid,
    reveal_seed text,
    settlement_signature text
)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.reveal_pot(pot_id, reveal_seed, settlement_signature);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.reveal_pot(uuid, text, text) is
'The reveal (PRD 4.1, POST /api/pots/{id}/reveal): seed, 64 hex digits, and Ed25519 signature, '
'128, over T("pots/settlement/v1") || lock_digest || seed. Draws the winner, pays, stores the '
'proof. Returns {pot_id, status, winner_index, winning_ticket, entry_id, entrant, prize, '
'settled_at, audit}. With draw_version 2 it must come more than 6 s before the beacon''s round, '
'stores the seed and returns {pot_id, status, reveal_seed, beacon {chain_hash, round, '
'round_time}}; submit_beacon settles. Raises PT404, PT409 wrong_state, PT422 reveal_mismatch, '
'invalid_signature, invalid_argument.';

revoke all on function public.reveal_pot(uuid, text, text)
from public, anon, authenticated, service_role;
grant execute on function public.reveal_pot(uuid, text, text)
to pot_settlement, service_role;
