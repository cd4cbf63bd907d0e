-- The same key, caller and arguments: the stored answer, whatever became of the pot; one entry.

begin;
\ir ../support/helpers.sql
select plan(6);

select make_user('ann', 100);
select open_pot('big', '{"min_participants": 1}');
create temporary table first on commit drop as select join_pot('ann', 'big', 2, 'key') as answer;

select look_at_tables();
select is(join_pot('ann', 'big', 2, 'key'), f.answer, 'at once') from first as f;
select is(changed_tables(), '{}', 'without writing or sending anything');
select join_pot('ann', 'big', 3);
select rpc('pot_compliance:carol', 'pause_pot', on_pot('big', '{"reason": "a look"}'));
select is(join_pot('ann', 'big', 2, 'key'), f.answer, 'while the pot is paused') from first as f;
select rpc('pot_compliance:carol', 'resume_pot', on_pot('big', '{"reason": "fine"}'));
select bring_to('big', 'locked');
select is(join_pot('ann', 'big', 2, 'key'), f.answer, 'after the lock') from first as f;
select is(
    (select count(*) from public.pot_entries as e where e.user_id = user_id('ann')), 2::bigint,
    'two entries: one with the key, one without'
);

-- Until migration 20261128001001 a key kept all of the answer.
insert into private.idempotency_keys (operation, key, subject, request, response, created_at)
select
    'join_pot', 'kept whole', user_id('ann')::text, k.request,
    f.answer || '{"entrant": "as told then"}', k.created_at
from first as f
cross join private.idempotency_keys as k
where k.key = 'key';
select is(
    join_pot('ann', 'big', 2, 'kept whole'), f.answer || '{"entrant": "as told then"}',
    'and a key that keeps all of its answer gives that'
)
from first as f;

select * from finish();
rollback;
