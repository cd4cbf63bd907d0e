-- Its escrow tampered with, a pot is set aside with an alert; the others go on, and it is tried
-- again a minute later.

begin;
\ir ../support/helpers.sql
select plan(10);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('eve', 100);
select open_pot('broken');
select fill('broken');
select pass_time('1 millisecond');
select open_pot('sound');
select fill('sound');
-- Only the owner of the tables can do this: a refund that no entry explains.
select private.post_transfer(
    'refund', pot_id('broken'), gen_random_uuid(), a.id, w.account_id, 1, private.now()
)
from private.accounts as a
cross join private.wallets as w
where a.pot_id = pot_id('broken') and w.user_id = user_id('eve');

select is(
    rpc('pot_orchestrator', 'run_due'),
    on_pot('broken', '{"task": "set_aside", "result": null}'), 'set aside'
);
select is(
    (
        select jsonb_agg(jsonb_build_array(a.kind, a.pot_id, a.detail))
        from private.alerts as a
        where a.closed_at is null
    ),
    jsonb_build_array(jsonb_build_array(
        'pot_stuck', pot_id('broken'), '{"task": "lock", "sqlstate": "23514"}'::jsonb
    )),
    'with an alert'
);
select is((pot('broken')).status, 'open', 'it stays as it was');
select is(
    rpc('pot_orchestrator', 'run_due') #>> '{result,pot_id}', pot_id('sound')::text,
    'the other one locks'
);
select is(rpc('pot_orchestrator', 'run_due') ->> 'task', 'scan', 'and is looked over');
select is(rpc('pot_orchestrator', 'run_due'), null, 'the broken one rests');
select refused(
    'pot_orchestrator', 'lock_pot', on_pot('broken'), 'PT503', 'busy', '{}',
    'lock_pot tells its caller nothing of the defect'
);
select pass_time('1 minute');
select is(
    rpc('pot_orchestrator', 'run_due') ->> 'task', 'set_aside', 'and is tried again'
);
select is(
    (select a.occurrences from private.alerts as a where a.kind = 'pot_stuck'), 2::bigint,
    'one alert, seen twice'
);

select * from finish();
rollback;
