-- Whoever did not hear that it took effect asks again, and the pot may have gone on meanwhile: one
-- that is resumed past its time locks at once. As long as nobody undid it, the answer is the first.

begin;
\ir ../support/helpers.sql
select plan(14);

select freeze_time('2030-01-01 12:00:00Z');
select open_pot('resumed');
select fill('resumed');
create temporary table resumed on commit drop as
select
    rpc('pot_compliance:carol', 'pause_pot', on_pot('resumed', '{"reason": "a look"}')) as paused,
    rpc('pot_compliance:dave', 'resume_pot', on_pot('resumed', '{"reason": "fine"}')) as answer;
select lock('resumed');
select look_at_tables();
select is(
    rpc('pot_compliance:dave', 'resume_pot', on_pot('resumed', '{"reason": "fine"}')), r.answer,
    'dave resumes what has locked since'
)
from resumed as r;
select is(changed_tables(), '{}', 'and nothing changed');
select refused(
    'pot_compliance:carol', 'resume_pot', on_pot('resumed', '{"reason": "fine"}'),
    'PT409', 'wrong_state', '{"status": "locked", "paused": false}', 'carol did not'
);
select refused(
    'pot_compliance:carol', 'pause_pot', on_pot('resumed', '{"reason": "a look"}'),
    'PT409', 'wrong_state', '{"status": "locked", "paused": false}', 'her pause had been undone'
);

select open_pot('voided');
create temporary table voided on commit drop as
select rpc('pot_compliance:carol', 'pause_pot', on_pot('voided', '{"reason": "a look"}')) as answer;
select rpc('pot_compliance:dave', 'void_pot', on_pot('voided', '{"reason": "a ring"}'));
select look_at_tables();
select is(
    rpc('pot_compliance:carol', 'pause_pot', on_pot('voided', '{"reason": "a look"}')), v.answer,
    'carol pauses what was voided since'
)
from voided as v;
select is(changed_tables(), '{}', 'and nothing changed');
select refused(
    'pot_compliance:dave', 'pause_pot', on_pot('voided', '{"reason": "a look"}'),
    'PT409', 'wrong_state', '{"status": "cancelled", "paused": false}', 'dave did not'
);

select open_pot('paused again');
select rpc('pot_compliance:carol', 'pause_pot', on_pot('paused again', '{"reason": "a look"}'));
select rpc('pot_compliance:carol', 'resume_pot', on_pot('paused again', '{"reason": "fine"}'));
select rpc('pot_compliance:dave', 'pause_pot', on_pot('paused again', '{"reason": "a look"}'));
select rpc('pot_compliance:dave', 'void_pot', on_pot('paused again', '{"reason": "a ring"}'));
select refused(
    'pot_compliance:carol', 'resume_pot', on_pot('paused again', '{"reason": "fine"}'),
    'PT409', 'wrong_state', '{"status": "cancelled", "paused": false}', 'her resume was undone'
);
select refused(
    'pot_compliance:carol', 'pause_pot', on_pot('paused again', '{"reason": "a look"}'),
    'PT409', 'wrong_state', '{"status": "cancelled", "paused": false}', 'the last pause is dave''s'
);

select * from finish();
rollback;
