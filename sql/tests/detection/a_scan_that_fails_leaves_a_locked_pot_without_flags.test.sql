-- What a scan had flagged before it failed is taken back, and the pot goes on. A timeout is another
-- thing: it fails the lock whole, and once the pot is an alert its next lock does not look.

begin;
\ir ../support/helpers.sql
\ir ../support/crowds.sql
select plan(15);

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
select freeze_time('2030-01-01 12:00:00Z');
select pg_temp.fill_ring('sound') is null;
select lock('sound') ? 'lock_digest';
select ok(cardinality(suspects('sound')) >= 5, 'a scan that ends flags the ring');

-- ---------------------------------------------------------------------------- after the last flag
create or replace function private.alert_duplicates(p_pot_id uuid)
returns void
language plpgsql
as $$
begin
    if not exists (select from private.flags as f where f.pot_id = p_pot_id) then
        raise exception 'nothing was flagged so far';
    end if;
    raise division_by_zero;
end $$;
select pg_temp.fill_ring('broken') is null;
select ok(lock('broken') ? 'lock_digest', 'a scan that breaks off holds up no lock');
select is((pot('broken')).status, 'locked', 'the pot is locked');
select is(
    (select count(*) from flags('broken')) + (
        select count(*) from private.events as e
        where e.kind = 'flag_raised' and e.pot_id = pot_id('broken')
    ),
    0::bigint, 'no half of the flags is left, nor their events'
);
select is(
    (
        select jsonb_agg(a.detail) from private.alerts as a
        where a.kind = 'scan_failed' and a.pot_id = pot_id('broken')
    ),
    '[{"phase": "lock", "sqlstate": "22012"}]', 'but an alert'
);

-- ------------------------------------------------------------------------------- a timeout at lock
create or replace function private.alert_duplicates(p_pot_id uuid)
returns void
language plpgsql
as $$
begin
    raise query_canceled;
end $$;
select pg_temp.fill_ring('slow') is null;
select refused(
    'pot_orchestrator', 'lock_pot', on_pot('slow'), 'PT503', 'busy', '{}',
    'a timeout while scanning fails the lock'
);
create or replace function private.alert_duplicates(p_pot_id uuid)
returns void
language plpgsql
as $$
begin
    perform pg_sleep(600);
end $$;
set local statement_timeout = '8s';
select is(rpc('pot_orchestrator', 'run_due') ->> 'task', 'set_aside', 'run_due sets the pot aside');
set local statement_timeout = 0;
select is((pot('slow')).status, 'open', 'it is not locked');
select is((select count(*) from flags('slow')), 0::bigint, 'nobody is flagged');
select is(
    (
        select jsonb_object_agg(a.kind, a.detail) from private.alerts as a
        where a.pot_id = pot_id('slow') and a.closed_at is null
    ),
    '{"pot_stuck": {"task": "lock", "sqlstate": "57014"}}', 'a person is told'
);
select pass_time('1 minute');
-- It would sleep again.
set local statement_timeout = '300s';
select is(rpc('pot_orchestrator', 'run_due') ->> 'task', 'lock', 'the next try locks it');
set local statement_timeout = 0;
select is((select count(*) from flags('slow')), 0::bigint, 'without a look');
select is(
    (
        select jsonb_object_agg(a.kind, a.detail) from private.alerts as a
        where a.pot_id = pot_id('slow') and a.closed_at is null
    ),
    '{"scan_failed": {"phase": "lock", "sqlstate": "57014"}}',
    'which is said, and it is stuck no more'
);
select is((pot('slow')).status, 'locked', 'it is locked');

select * from finish();
rollback;
