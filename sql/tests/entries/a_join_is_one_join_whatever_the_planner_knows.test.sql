-- Statistics change plans, and a plan may run a part of a statement again: what is random in a join
-- must not be a part of one.

begin;
\ir ../support/helpers.sql
select plan(2);

select make_user('ann', 100);
analyze;
select open_pot('big', '{"max_tickets": 1000}');
select is(join_pot('ann', 'big', 3) ->> 'tickets_sold', '3', 'a pot of 32 stripes is one pot');
select is(sold('big'), '3 tickets to 1', 'and has one entry');

select * from finish();
rollback;
