-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.create_webhook.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.create_webhook(
    url text,
    events jsonb default null,
    min_prize bigint default null,
    description text default null
)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.create_webhook(url, events, min_prize, description);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.create_webhook(text, jsonb, bigint, text) is
'Tells an address of events from now on, and returns {webhook_id, secret}: the only time that the '
'secret is told. events: kinds, null for all; min_prize: of pot_settled only prizes of at least '
'as many credits (alone: pot_settled and nothing else). Raises PT422 invalid_argument, PT503 '
'busy.';

revoke all on function public.create_webhook(text, jsonb, bigint, text)
from public, anon, authenticated, service_role;
grant execute on function public.create_webhook(text, jsonb, bigint, text)
to service_role;
