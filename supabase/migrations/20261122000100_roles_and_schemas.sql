-- Who may call what. The pot_* roles are what a JWT's `role` claim names (contract, section 1);
-- they log in nowhere,
-- own nothing and reach the database only through the functions granted to them.
-- Roles belong to the whole server, so a second database on it finds them there already.

create schema if not exists private;
comment on schema private is
'Everything Community Pots keeps to itself: ledger, commitments, chains and the SECURITY '
'DEFINER functions behind the public RPC surface. Not exposed by PostgREST.';

do $$
declare
    v_role text;
begin
    foreach v_role in array array[
        'pot_orchestrator', 'pot_settlement', 'pot_beacon', 'pot_compliance', 'pot_treasury'
    ] loop
        if not exists (select from pg_catalog.pg_roles where rolname = v_role) then
            execute format('create role %I nologin noinherit', v_role);
        end if;
        execute format('grant %I to authenticator, service_role', v_role);
    end loop;
end $$;

-- A lock numbers and hashes every entry of a pot and a refund pays every one back: minutes, not
-- the API's seconds.
alter role pot_orchestrator set statement_timeout = '120s';
alter role pot_settlement set statement_timeout = '30s';
alter role pot_beacon set statement_timeout = '30s';
alter role pot_compliance set statement_timeout = '120s';
alter role pot_treasury set statement_timeout = '8s';

comment on role pot_orchestrator is 'Community Pots: creates, rotates, locks and attests pots.';
comment on role pot_settlement is 'Community Pots: mints commitments, claims and reveals.';
comment on role pot_beacon is
'Community Pots: submits beacons and reads; for outside parties with a key of purpose beacon.';
comment on role pot_compliance is
'Community Pots: pauses, resumes, voids and audits; always as a person (sub).';
comment on role pot_treasury is 'Community Pots: grants credits.';

revoke all on schema private from public;
grant usage on schema private to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance, pot_treasury;
grant usage on schema public
to pot_orchestrator, pot_settlement, pot_beacon, pot_compliance, pot_treasury;
