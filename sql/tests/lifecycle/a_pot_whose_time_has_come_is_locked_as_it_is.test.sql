-- At locks_at a pot with enough players locks, however few tickets were sold.

begin;
\ir ../support/helpers.sql
select plan(2);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 100);
select make_user('bob', 100);
select open_pot('big', '{"fill_seconds": 60}');
select join_pot('ann', 'big', 2);
select join_pot('bob', 'big', 1);
select freeze_time('2030-01-01 12:01:00Z');
select is(lock('big') -> 'total_tickets', '3', 'three tickets of ten');
select is((pot('big')).status, 'locked', 'locked');

select * from finish();
rollback;
