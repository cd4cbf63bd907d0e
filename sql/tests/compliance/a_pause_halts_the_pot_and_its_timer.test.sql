-- While paused nothing is sold and no time passes; resuming moves the deadline on by the pause.

begin;
\ir ../support/helpers.sql
select plan(8);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 100);
select open_pot('big', '{"fill_seconds": 60}');
select freeze_time('2030-01-01 12:00:20Z');
select look_at_tables();
select is(
    rpc('pot_compliance:carol', 'pause_pot', on_pot('big', '{"reason": "a look"}')),
    on_pot('big', '{
        "status": "open", "paused": true, "paused_at": "2030-01-01T12:00:20.000000Z",
        "locks_at": "2030-01-01T12:01:00.000000Z"
    }'),
    'paused'
);
select is(
    changed_tables(),
    '{pots,pots_audit,private.actors,private.events,private.log_pending,private.pot_states,'
    'private.staff,realtime.messages}',
    'what it writes: also that carol is staff'
);
select is(
    (rpc('anon', 'get_pot', on_pot('big'))) - 'entries' - 'fairness' @> '{
        "status": "open", "paused": true, "pause_reason": "a look"
    }', true, 'everybody sees it, and why'
);
select freeze_time('2030-01-01 13:00:20Z');
select is(rpc('pot_orchestrator', 'run_due'), null, 'an hour later it is not due');
select is(
    rpc('pot_compliance:carol', 'resume_pot', on_pot('big', '{"reason": "fine"}')),
    on_pot('big', '{
        "status": "open", "paused": false, "paused_at": null,
        "locks_at": "2030-01-01T13:01:00.000000Z"
    }'),
    'resumed, with the 40 seconds it had left'
);
select is((pot('big')).pause_reason, null, 'nothing is left of the pause');
select freeze_time('2030-01-01 13:00:59.999999Z');
select ok(join_pot('ann', 'big', 1) ? 'entry_id', 'joins go on until then');
select freeze_time('2030-01-01 13:01:00Z');
select is(
    rpc('pot_orchestrator', 'run_due') ->> 'pot_id', pot_id('big')::text, 'and then it is due'
);

select * from finish();
rollback;
