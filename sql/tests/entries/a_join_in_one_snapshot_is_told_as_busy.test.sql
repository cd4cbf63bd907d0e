-- Under repeatable read join_pot might read what is older than its locks. That is seen at
-- a glance, also of a player who has joined before and of whom nothing is unusual.

begin isolation level repeatable read;
\ir ../support/helpers.sql
select plan(2);

select make_user('ann');
insert into private.actors values (gen_random_uuid(), user_id('ann'), now());
select refused(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT503', 'busy',
    '{"reason": "transaction_isolation must be read committed"}', 'in one snapshot'
);

select * from finish();
rollback;
