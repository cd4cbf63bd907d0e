-- lock_pot answers what a lock did; what compliance cancelled, no lock did.

begin;
\ir ../support/helpers.sql
select plan(2);

select open_pot('big');
select rpc('pot_compliance:carol', 'void_pot', on_pot('big', '{"reason": "a test"}'));
select refused(
    'pot_orchestrator', 'lock_pot', on_pot('big'), 'PT409', 'wrong_state',
    '{"status": "cancelled"}', 'voided'
);

select * from finish();
rollback;
