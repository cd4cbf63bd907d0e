-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.erase_player.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.erase_player(
    user_id uuid,
    reason text,
    forfeit boolean default false
)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.erase_player(user_id, reason, forfeit);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.erase_player(uuid, text, boolean) is
'Forgets a person: where entries came from, idempotency keys, evidence of flags, and whom the '
'pseudonym stands for. Ledger, chains and proofs stay as they are. forfeit: leave what is in the '
'wallet behind. Returns {user_id, erased_at, entries, keys, flags, credits_left, login_remains}. '
'Raises PT401, PT403 (oneself), PT422, PT409 wrong_state (live_entries, payout_held, '
'under_review, balance, erased).';

revoke all on function public.erase_player(uuid, text, boolean)
from public, anon, authenticated, service_role;
grant execute on function public.erase_player(uuid, text, boolean)
to pot_compliance, service_role;
