-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.create_pot.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.create_pot(
    entry_cost bigint,
    max_tickets integer,
    max_per_user integer,
    min_participants integer default 2,
    fill_seconds integer default 300,
    draw_version integer default 1,
    pot_id uuid default null
)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.create_pot(
        entry_cost, max_tickets, max_per_user, min_participants, fill_seconds,
        draw_version, pot_id
    );
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.create_pot(
    bigint, integer, integer, integer, integer, integer, uuid
) is
'Opens a pot on a commitment from the stock: pot_id''s, or the oldest. entry_cost in credits, '
'fill_seconds 1 to 2592000, draw_version 1 or 2. Returns its PotSummary with pot_id. Raises '
'PT422 invalid_argument, PT404 pot_not_found, PT409 commit_reused, wrong_state (stock empty; '
'draw_version 2 while no beacon chain is set).';

revoke all on function public.create_pot(
    bigint, integer, integer, integer, integer, integer, uuid
)
from public, anon, authenticated, service_role;
grant execute on function public.create_pot(
    bigint, integer, integer, integer, integer, integer, uuid
)
to pot_orchestrator, service_role;
