-- DETAIL says in which state the pot is.

begin;
\ir ../support/helpers.sql
select plan(8);

select make_user('ann', 100);
select register_keys();
select open_pot('big', '{"max_tickets": 2, "max_per_user": 1}');
select open_pot('void');
select rpc('pot_compliance:carol', 'void_pot', on_pot('void', '{"reason": "a test"}'));

select refused(
    'ann', 'join_pot', on_pot('void', '{"ticket_count": 1}'), 'PT409', 'pot_not_open',
    '{"status": "cancelled"}', 'cancelled'
);
select fill('big');
select lock('big');
select refused(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT409', 'pot_not_open',
    '{"status": "locked"}', 'locked'
);
select attest('big');
select claim('big');
select refused(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT409', 'pot_not_open',
    '{"status": "settling"}', 'settling'
);
select reveal('big');
select refused(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT409', 'pot_not_open',
    '{"status": "settled"}', 'settled'
);

select * from finish();
rollback;
