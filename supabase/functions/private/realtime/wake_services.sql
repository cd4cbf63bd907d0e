-- Tells both services, on channel `pots`, that something of a pot is due: the orchestrator has one
-- to lock or to replace, the signer one to settle, both a beacon to submit. A hint alone, which may
-- be lost: they poll too.
--
-- PostgreSQL lets transactions that notify commit one after another, so this is for what happens a
-- few times in a pot's life (full, locked, attested, scanned, revealed, cancelled) and never for
-- every join.
create or replace function private.wake_services(p_why text, p_pot_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
    perform pg_notify('pots', p_why || ' ' || p_pot_id);
end $$;

comment on function private.wake_services(text, uuid) is
'Notifies channel pots of `<p_why> <p_pot_id>` when this transaction commits; p_why is full, '
'locked, attested, scanned, revealed or cancelled.';

revoke all on function private.wake_services(text, uuid)
from public, anon, authenticated, service_role;
