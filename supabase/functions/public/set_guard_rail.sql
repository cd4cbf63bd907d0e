-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.set_guard_rail.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.set_guard_rail(
    scope text,
    scope_id text,
    rule text,
    value jsonb,
    reason text
)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.set_guard_rail(scope, scope_id, rule, value, reason);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.set_guard_rail(text, text, text, jsonb, text) is
'Sets one limit (docs/guard-rails.md): scope is global (scope_id null), region (ISO 3166), '
'template (its name) or user (the id); the narrowest holds. value is a whole number, for '
'blocked_regions an array of codes, "off" to lift a wider scope''s, null to take the limit away. '
'Holds from the next join on. Returns {scope, scope_id, rule, before, value}. Raises PT401, '
'PT422.';

revoke all on function public.set_guard_rail(text, text, text, jsonb, text)
from public, anon, authenticated, service_role;
grant execute on function public.set_guard_rail(text, text, text, jsonb, text)
to pot_compliance, service_role;
