-- The public wrappers run as the caller, who may call nothing else of private's error functions.
create or replace function private.busy()
returns void
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    perform private.fail('busy');
end $$;

comment on function private.busy() is
'Raises PT503 busy: what a public function turns timeouts, deadlocks and every constraint failure '
'from inside into. Never returns.';

revoke all on function private.busy()
from public, anon, authenticated, service_role;
grant execute on function private.busy()
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance, pot_treasury, pot_events,
pot_webhooks;
