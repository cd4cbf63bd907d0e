-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.review_flag.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.review_flag(flag_id uuid, decision text, reason text)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.review_flag(flag_id, decision, reason);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.review_flag(uuid, text, text) is
'Judges a fraud flag; decision is clear or uphold. To uphold takes two persons: the first call '
'proposes, another person''s confirms. When the flag held the winner''s payout, clearing the last '
'such flag pays the winner, upholding one returns the prize to the other entrants. Returns '
'{flag_id, pot_id, decision, status, payout, reviewed_at}; payout is held, paid or returned, NULL '
'when no payout waited for this flag. Raises PT401, PT403 not_allowed (own pot), PT404 '
'entry_not_found, PT409 wrong_state, PT422.';

revoke all on function public.review_flag(uuid, text, text)
from public, anon, authenticated, service_role;
grant execute on function public.review_flag(uuid, text, text)
to pot_compliance, service_role;
