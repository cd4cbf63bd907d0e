-- A server's clock may be set right while pots are open: what ends is never dated before it began.

begin;
\ir ../support/helpers.sql
select plan(2);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 100);
select open_pot('big');
select open_pot('alone', '{"max_tickets": 2, "max_per_user": 2}');
select fill('big');
select join_pot('ann', 'alone', 2);
select freeze_time('2030-01-01 11:00:00Z');
select lock('big');
select lock('alone');

select is((pot('big')).locked_at, '2030-01-01 12:00:00Z', 'it locks when it was made');
select is((pot('alone')).cancelled_at, '2030-01-01 12:00:00Z', 'so does one that is cancelled');

select * from finish();
rollback;
