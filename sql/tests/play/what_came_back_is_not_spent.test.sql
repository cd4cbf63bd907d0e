-- Spending is what entries cost, less those that were cancelled and those of cancelled pots. A
-- prize is no refund: who wins has spent all the same.

begin;
\ir ../support/helpers.sql
select plan(9);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 1000);
select open_pot('big', '{"max_tickets": 100, "max_per_user": 100, "fill_seconds": 7200}');
select open_pot('lonely', '{"min_participants": 2, "fill_seconds": 60}');
select open_pot('won', '{"max_tickets": 2, "max_per_user": 2, "min_participants": 1}');
select rpc('ann', 'set_play_limits', '{"day": 100, "week": null, "month": null}');
create function pg_temp.spent()
returns text
language sql
as $$
    select rpc('ann', 'my_play_limits') #>> '{limits,day,spent}'
$$;

select join_pot('ann', 'big', 5);
select is(pg_temp.spent(), '50', 'what entries cost');
select join_pot('ann', 'lonely', 5);
select is(join_pot('ann', 'big') ->> 'message', 'velocity_exceeded', 'in all pots together');
select cancel_entry('ann', 'big');
select is(pg_temp.spent(), '50', 'an entry that was taken back is not spent');
select ok(join_pot('ann', 'big', 5) ? 'entry_id', 'and may be again');
select pass_time('61 seconds');
select lock('lonely');
select is((pot('lonely')).status, 'cancelled', 'a pot is cancelled');
select is(pg_temp.spent(), '50', 'what it refunded is not spent');
select join_pot('ann', 'won', 2);
select bring_to('won', 'settled');
select is(balance('ann'), 950::bigint, 'ann wins another');
select is(pg_temp.spent(), '70', 'a prize is no refund');
select rpc('pot_compliance:carol', 'void_pot', on_pot('big', '{"reason": "a test"}'));
select is(pg_temp.spent(), '20', 'a voided pot refunds');

select * from finish();
rollback;
