-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.upsert_pot_template.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.upsert_pot_template(
    name text,
    entry_cost bigint,
    max_tickets integer,
    max_per_user integer,
    min_participants integer default 2,
    fill_seconds integer default 300,
    draw_version integer default 1,
    open_pots integer default 1
)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.upsert_pot_template(
        name, entry_cost, max_tickets, max_per_user, min_participants, fill_seconds,
        draw_version, open_pots
    );
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.upsert_pot_template(
    text, bigint, integer, integer, integer, integer, integer, integer
) is
'Makes or changes the template of that name: rotate_pots keeps open_pots (0 to 1000) pots of '
'these terms open. Returns the template; the same terms again change nothing. Raises PT422 '
'invalid_argument, PT409 wrong_state (draw_version 2 while no beacon chain is set).';

revoke all on function public.upsert_pot_template(
    text, bigint, integer, integer, integer, integer, integer, integer
)
from public, anon, authenticated, service_role;
grant execute on function public.upsert_pot_template(
    text, bigint, integer, integer, integer, integer, integer, integer
)
to pot_orchestrator, service_role;
