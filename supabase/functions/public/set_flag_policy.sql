-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.set_flag_policy.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.set_flag_policy(
    kind text, effect text, min_score numeric, reason text
)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.set_flag_policy(kind, effect, min_score, reason);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.set_flag_policy(text, text, numeric, text) is
'From which score (0 to 1) on flags of a kind have an effect: note (recorded), hold (the payout '
'waits for review) or refuse (the join is turned away, where the kind is known at a join). '
'min_score null takes the effect away. It takes two persons: the first call proposes, another '
'person''s same call within a week sets it, for flags to come. The reason, up to 500 characters, '
'is kept with the event. Returns {kind, effect, min_score, status}; status is proposed or set. '
'Raises PT401, PT422.';

revoke all on function public.set_flag_policy(text, text, numeric, text)
from public, anon, authenticated, service_role;
grant execute on function public.set_flag_policy(text, text, numeric, text)
to pot_compliance, service_role;
