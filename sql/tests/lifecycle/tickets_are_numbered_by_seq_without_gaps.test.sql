-- Entries alive at lock, in order of seq, cover 0 to total_tickets - 1; cancelled ones cover none.

begin;
\ir ../support/helpers.sql
select plan(2);

select make_user('ann', 1000);
select make_user('bob', 1000);
select freeze_time('2030-01-01 12:00:00Z');
select open_pot('big', '{"max_tickets": 100, "max_per_user": 100, "fill_seconds": 60}');
select join_pot('ann', 'big', 3);
select join_pot('bob', 'big', 2);
select cancel_entry('ann', 'big');
select join_pot('ann', 'big', 5);
select cancel_entry('bob', 'big');
select join_pot('bob', 'big', 1);
select join_pot('ann', 'big', 4);
select freeze_time('2030-01-01 12:01:00Z');
select lock('big');

select is(
    (select array_agg(e.first_ticket order by e.seq) from public.pot_entries as e),
    '{NULL,NULL,0,5,6}'::bigint[], 'first tickets by seq'
);
select is((pot('big')).total_tickets, 10::bigint, 'ten tickets in all');

select * from finish();
rollback;
