-- A settled pot stays settled; a cancelled one answers only who voided it.

begin;
\ir ../support/helpers.sql
select plan(8);

select freeze_time('2030-01-01 12:00:00Z');
select open_pot('big');
select bring_to('big', 'settled');
select refused(
    'pot_compliance:carol', 'void_pot', on_pot('big', '{"reason": "collusion"}'),
    'PT409', 'wrong_state', '{"status": "settled", "reason": "ended"}', 'settled'
);
select open_pot('void');
create temporary table answer on commit drop as
select rpc('pot_compliance:carol', 'void_pot', on_pot('void', '{"reason": "collusion"}')) as body;
select pass_time('1 second');
select look_at_tables();
select is(
    rpc('pot_compliance:carol', 'void_pot', on_pot('void', '{"reason": "again"}')), a.body,
    'voided again by the same person: the first answer'
)
from answer as a;
select is(changed_tables(), '{}', 'and nothing changed');
select refused(
    'pot_compliance:dave', 'void_pot', on_pot('void', '{"reason": "me too"}'),
    'PT409', 'wrong_state', '{"status": "cancelled", "reason": "ended"}', 'by another person'
);
select open_pot('lonely', '{"fill_seconds": 1}');
select pass_time('1 second');
select lock('lonely');
select refused(
    'pot_compliance:carol', 'void_pot', on_pot('lonely', '{"reason": "collusion"}'),
    'PT409', 'wrong_state', '{"status": "cancelled", "reason": "ended"}',
    'cancelled for another cause'
);

select * from finish();
rollback;
