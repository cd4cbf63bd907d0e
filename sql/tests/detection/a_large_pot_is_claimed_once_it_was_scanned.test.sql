-- A claim looks over a small pot itself. One of more than 5,000 players waits for run_due to do it,
-- for half of the time for its reveal at most: then it goes on, and says so.

begin;
\ir ../support/helpers.sql
\ir ../support/crowds.sql
select plan(20);

create function pg_temp.locked_ring(p_pot text, p_participants integer, p_draw_version integer)
returns void
language plpgsql
as $$
begin
    perform open_pot(p_pot, jsonb_build_object(
        'max_tickets', 50, 'max_per_user', 5, 'draw_version', p_draw_version
    ));
    for v_n in 1..5 loop
        perform join_from('ring ' || v_n, p_pot, 5, '203.0.113.' || v_n, 'one phone');
        perform join_honest(p_pot, 2 * v_n, 2);
        perform join_honest(p_pot, 2 * v_n + 1, 3);
    end loop;
    -- So many would take minutes to join.
    update private.pot_stripes as s
    set participants = s.participants + p_participants - t.participants
    from private.pot_totals(pot_id(p_pot)) as t
    where s.pot_id = pot_id(p_pot) and s.stripe = 0;
    perform rpc('pot_orchestrator', 'lock_pot', on_pot(p_pot));
    perform attest(p_pot);
end $$;
create function pg_temp.not_scanned(p_pot text, p_reveal_by text, p_description text)
returns setof text
language sql
as $$
    select refused(
        'pot_settlement', 'claim_settlement', on_pot(p_pot), 'PT409', 'wrong_state',
        jsonb_build_object(
            'status', 'locked', 'attested', true, 'scanned', false, 'leased_until', null,
            'reveal_by', p_reveal_by
        ),
        p_description
    )
$$;
create function pg_temp.alerts(p_pot text)
returns jsonb
language sql
as $$
    select jsonb_object_agg(a.kind, a.detail) from private.alerts as a
    where a.pot_id = pot_id(p_pot) and a.kind = 'scan_failed'
$$;
select freeze_time('2030-01-01 12:00:00Z');
select register_keys() is null;

select pg_temp.locked_ring('small', 5000, 1) is null;
select is((select count(*) from flags('small')), 0::bigint, 'a lock flags nobody');
select claim('small') is null;
select ok(cardinality(suspects('small')) >= 5, 'the claim of a pot of 5,000 players looks');
select is(rpc('pot_orchestrator', 'run_due'), null, 'and run_due need not');
select reveal('small') is null;

-- ------------------------------------------------------------------------------------ one more
select pg_temp.locked_ring('large', 5001, 1) is null;
select pg_temp.not_scanned('large', '2030-01-01T12:10:00.000000Z', 'one more waits');
select is(rpc('pot_settlement', 'claim_settlement'), null, 'also if none is named');
select is(
    rpc('pot_orchestrator', 'run_due') ->> 'task', 'scan', 'for run_due'
);
select ok(cardinality(suspects('large')) >= 5, 'which looks');
select is(
    rpc('pot_settlement', 'claim_settlement') ->> 'pot_id', pot_id('large')::text,
    'and the pot is the signer''s'
);
select is(pg_temp.alerts('large'), null, 'nothing has failed');
select reveal('large') is null;

-- ------------------------------------------------------------------------------- nobody looks
select pg_temp.locked_ring('forgotten', 5001, 1) is null;
select pass_time('299 seconds');
select pg_temp.not_scanned('forgotten', '2030-01-01T12:10:00.000000Z', 'it is waited for');
select pass_time('1 second');
select ok(claim('forgotten') ? 'lock_digest', 'for half of its time');
select is(
    pg_temp.alerts('forgotten'), '{"scan_failed": {"phase": "reveal", "sqlstate": null}}',
    'and a person is told'
);
select is((select count(*) from flags('forgotten')), 0::bigint, 'nobody was flagged');
select ok(reveal('forgotten') ? 'prize', 'the pot is paid');

-- ---------------------------------------------------------------------------------- with draw 2
select pg_temp.locked_ring('quick', 5001, 2) is null;
select pass_time('11999 milliseconds');
select pg_temp.not_scanned(
    'quick', private.json_time((
        select s.beacon_at - interval '6 seconds' from private.pot_states as s
        where s.pot_id = pot_id('quick')
    )), 'with draw 2 half is twelve seconds'
);
select pass_time('1 millisecond');
select ok(claim('quick') ? 'lock_digest', 'and no more');
select ok(reveal('quick') ? 'beacon', 'and leaves time for the reveal');

select * from finish();
rollback;
