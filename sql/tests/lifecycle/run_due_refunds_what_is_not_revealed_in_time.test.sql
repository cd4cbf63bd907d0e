-- reveal_timeout after the lock everybody gets back what was paid, whether locked or settling.

begin;
\ir ../support/helpers.sql
select plan(8);

select freeze_time('2030-01-01 12:00:00Z');
select register_keys();
select open_pot('big');
select open_pot('claimed');
select bring_to('big', 'locked');
select bring_to('claimed', 'settling');
select freeze_time('2030-01-01 12:09:59.999999Z');
-- Both are late by now, which run_due tells first.
select rpc('pot_orchestrator', 'run_due') ->> 'task' from generate_series(1, 2);
select is(rpc('pot_orchestrator', 'run_due'), null, 'ten minutes have not passed yet');
select freeze_time('2030-01-01 12:10:00Z');

create temporary table did on commit drop as
select rpc('pot_orchestrator', 'run_due') as what from generate_series(1, 3);
select is(
    (
        select array_agg(concat_ws(' ', d.what ->> 'task', d.what #>> '{result,cause}'))
        from did as d
        where d.what is not null
    ),
    '{"refund reveal_overdue","refund reveal_overdue"}', 'two refunds, and nothing more to do'
);
select is((pot(p.name)).status, 'cancelled', p.name || ' is cancelled')
from unnest('{big,claimed}'::text[]) as p (name);
select is(array[escrow('big'), escrow('claimed')], '{0,0}', 'and refunded');
select is(
    chain('claimed'), '{created,locked,attested,claimed,cancelled}', 'the chain tells the story'
);
select is(
    rpc('anon', 'get_proof', on_pot('big')) - '{refunds}'::text[],
    on_pot('big', jsonb_build_object(
        'status', 'cancelled', 'cause', 'reveal_overdue', 'commit_hash', p.commit_hash,
        'lock_digest', p.lock_digest, 'total_tickets', 10, 'entries_root', p.entries_root,
        'locked_at', '2030-01-01T12:00:00.000000Z',
        'cancelled_at', '2030-01-01T12:10:00.000000Z', 'entries_refunded', 2,
        'credits_refunded', 100
    )),
    'get_proof says why, and still what had been locked'
)
from pot('big') as p;
select is((pot('big')).reveal_seed, null, 'nothing was revealed');

select * from finish();
rollback;
