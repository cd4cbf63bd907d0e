-- Full: entries are numbered, commit_hash is published, and the answer is what was stored.

begin;
\ir ../support/helpers.sql
select plan(7);

select freeze_time('2030-01-01 12:00:00Z');
select open_pot('big');
select fill('big');
select look_at_tables();
create temporary table answer on commit drop as select lock('big') as body;

select is(
    changed_tables(),
    '{pot_entries,pots,pots_audit,private.events,private.log_pending,private.merkle_levels,'
    'private.pot_states,realtime.messages}',
    'what it writes: no credits move'
);
select is(
    a.body,
    jsonb_build_object(
        'pot_id', p.id, 'status', 'locked', 'commit_hash', commit_hash('big'),
        'lock_digest', p.lock_digest, 'total_tickets', 10, 'entries_root', p.entries_root,
        'locked_at', '2030-01-01T12:00:00.000000Z'
    ),
    'what it answers'
)
from answer as a
cross join pot('big') as p;
select is((pot('big')).status, 'locked', 'the pot is locked');
select is((pot('big')).locked_at, '2030-01-01 12:00:00Z', 'at the time of the call');
select look_at_tables();
select pass_time('1 second');
select is(lock('big'), a.body, 'a second call gets the first answer') from answer as a;
select is(
    rpc('pot_orchestrator:other', 'lock_pot', on_pot('big')), a.body,
    'and so does another orchestrator that comes late'
)
from answer as a;
select is(changed_tables(), '{}', 'neither changes anything');

select * from finish();
rollback;
