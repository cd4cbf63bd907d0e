-- Called again by the same person: the first answer. By another one: wrong_state.

begin;
\ir ../support/helpers.sql
select plan(11);

select freeze_time('2030-01-01 12:00:00Z');
select open_pot('big');
create temporary table answer on commit drop as
select rpc('pot_compliance:carol', 'pause_pot', on_pot('big', '{"reason": "a look"}')) as paused;
select pass_time('1 second');
select look_at_tables();
select is(
    rpc('pot_compliance:carol', 'pause_pot', on_pot('big', '{"reason": "again"}')), a.paused,
    'carol pauses again'
)
from answer as a;
select is(changed_tables(), '{}', 'and nothing changed');
select refused(
    'pot_compliance:dave', 'pause_pot', on_pot('big', '{"reason": "me too"}'),
    'PT409', 'wrong_state', '{"status": "open", "paused": true}', 'dave pauses'
);
select ok(
    rpc('pot_compliance:dave', 'resume_pot', on_pot('big', '{"reason": "fine"}')) ? 'locks_at',
    'dave may resume what carol paused'
);
select look_at_tables();
select is(
    rpc('pot_compliance:dave', 'resume_pot', on_pot('big', '{"reason": "again"}')) ->> 'locks_at',
    '2030-01-01T12:05:01.000000Z', 'dave resumes again'
);
select is(changed_tables(), '{}', 'and nothing changed');
select refused(
    'pot_compliance:carol', 'resume_pot', on_pot('big', '{"reason": "me too"}'),
    'PT409', 'wrong_state', '{"status": "open", "paused": false}', 'carol resumes'
);
select isnt(
    rpc('pot_compliance:carol', 'pause_pot', on_pot('big', '{"reason": "a second look"}')),
    a.paused, 'a second pause is a new one'
)
from answer as a;
select is(chain('big'), '{created,paused,resumed,paused}', 'as the chain tells');

select * from finish();
rollback;
