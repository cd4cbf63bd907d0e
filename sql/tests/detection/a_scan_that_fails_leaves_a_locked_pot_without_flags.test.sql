-- What a scan had flagged before it failed is taken back, and the pot goes on: whatever it stumbled
-- over, also a timeout, and each time with an alert.

begin;
\ir ../support/helpers.sql
\ir ../support/crowds.sql
select plan(17);

create function pg_temp.fill_ring(p_pot text)
returns void
language plpgsql
as $$
begin
    perform open_pot(p_pot, '{"max_tickets": 50, "max_per_user": 5}');
    for v_n in 1..5 loop
        perform join_from('ring ' || v_n, p_pot, 5, '203.0.113.' || v_n, 'one phone');
        perform join_honest(p_pot, 2 * v_n, 2);
        perform join_honest(p_pot, 2 * v_n + 1, 3);
    end loop;
end $$;
create function pg_temp.alerts(p_pot text)
returns jsonb
language sql
as $$
    select jsonb_object_agg(a.kind, a.detail) from private.alerts as a
    where a.pot_id = pot_id(p_pot) and a.closed_at is null
$$;
create function pg_temp.scanned(p_pot text)
returns timestamptz
language sql
as $$
    select s.scanned_at from private.pot_states as s where s.pot_id = pot_id(p_pot)
$$;
select freeze_time('2030-01-01 12:00:00Z');
select register_keys() is null;
select pg_temp.fill_ring('sound') is null;
select lock('sound') ? 'lock_digest';
select ok(cardinality(suspects('sound')) >= 5, 'a scan that ends flags the ring');
select is(pg_temp.scanned('sound'), '2030-01-01 12:00:00Z', 'and is remembered');

-- ---------------------------------------------------------------------------- after the last flag
create or replace function private.raise_flags(
    p_pot_id uuid, p_found private.suspicion[], p_phase text
)
returns integer
language plpgsql
as $$
begin
    insert into private.flags (
        pot_id, user_id, kind, score, evidence, phase, effect, created_at, updated_at
    )
    select p_pot_id, f.user_id, f.kind, 0.9, '{}', p_phase, 'hold', private.now(), private.now()
    from unnest(p_found) as f;
    if not found then
        raise exception 'nothing was found';
    end if;
    raise division_by_zero;
end $$;
select pg_temp.fill_ring('broken') is null;
select lock('broken') ? 'lock_digest';
select is((pot('broken')).status, 'locked', 'a scan that breaks off holds up no lock');
select is((select count(*) from flags('broken')), 0::bigint, 'no half of the flags is left');
select is(
    pg_temp.alerts('broken'), '{"scan_failed": {"phase": "lock", "sqlstate": "22012"}}',
    'but an alert'
);
select is(pg_temp.scanned('broken'), '2030-01-01 12:00:00Z', 'and it is not tried for ever');

-- ----------------------------------------------------------------------------- a defect of its own
create or replace function private.duplicates(
    p_pot_id uuid, out addresses jsonb, out devices jsonb
)
language plpgsql
as $$
begin
    perform from private.no_such_table;
end $$;
select pg_temp.fill_ring('defect') is null;
select lock('defect') ? 'lock_digest';
select is(
    pg_temp.alerts('defect'), '{"scan_failed": {"phase": "lock", "sqlstate": "42P01"}}',
    'a defect in detection is an alert too'
);
select attest('defect') ? 'pot_id';
select ok(claim('defect') ? 'lock_digest', 'the claim stumbles over it again, and goes on');
select ok(reveal('defect') ? 'prize', 'the pot is paid');

-- --------------------------------------------------------------------------------------- a timeout
create or replace function private.duplicates(
    p_pot_id uuid, out addresses jsonb, out devices jsonb
)
language plpgsql
as $$
begin
    perform pg_sleep(600);
end $$;
select pg_temp.fill_ring('slow') is null;
select rpc('pot_orchestrator', 'lock_pot', on_pot('slow')) ? 'lock_digest';
select is(pg_temp.scanned('slow'), null, 'a lock does not look');
set local statement_timeout = '3s';
select is(
    rpc('pot_orchestrator', 'run_due'),
    on_pot('slow', '{"task": "scan", "result": {"flags": 0}}'), 'run_due does, as long as it may'
);
set local statement_timeout = 0;
select is((select count(*) from flags('slow')), 0::bigint, 'nobody is flagged');
select is(
    pg_temp.alerts('slow'), '{"scan_failed": {"phase": "lock", "sqlstate": "57014"}}',
    'a person is told'
);
select is(rpc('pot_orchestrator', 'run_due'), null, 'it is not tried for ever');
select attest('slow') ? 'pot_id';
set local statement_timeout = '3s';
select ok(claim('slow') ? 'lock_digest', 'the signer''s claim is as patient, and gets its pot');
set local statement_timeout = 0;
select is(
    pg_temp.alerts('slow'), '{"scan_failed": {"phase": "reveal", "sqlstate": "57014"}}',
    'which is said again'
);
select ok(reveal('slow') ? 'prize', 'the pot is paid');

select * from finish();
rollback;
