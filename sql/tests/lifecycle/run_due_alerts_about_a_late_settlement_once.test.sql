-- Two minutes after the lock an alert opens; it closes when the pot settles.

begin;
\ir ../support/helpers.sql
select plan(5);

select freeze_time('2030-01-01 12:00:00Z');
select register_keys();
select open_pot('big');
select bring_to('big', 'settling');
select freeze_time('2030-01-01 12:01:59.999999Z');
select is(rpc('pot_orchestrator', 'run_due'), null, 'not yet late');
select freeze_time('2030-01-01 12:02:00Z');
select is(
    rpc('pot_orchestrator', 'run_due'), on_pot('big', '{"task": "alert", "result": null}'), 'late'
);
select is(
    (select jsonb_agg(jsonb_build_array(a.kind, a.pot_id, a.detail)) from private.alerts as a),
    jsonb_build_array(jsonb_build_array(
        'settlement_late', pot_id('big'), '{"locked_at": "2030-01-01T12:00:00.000000Z"}'::jsonb
    )),
    'the alert'
);
select is(rpc('pot_orchestrator', 'run_due'), null, 'told once');
select reveal('big');
select is(open_alerts(), '{}', 'and closed by the settlement');

select * from finish();
rollback;
