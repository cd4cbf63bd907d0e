-- Paid or held, a prize that left the escrow whole is a correct payout; one that did not is a wrong
-- one, and stays counted as such.

begin;
\ir ../support/helpers.sql
select plan(3);

create function pg_temp.payouts()
returns jsonb
language plpgsql
as $$
begin
    while (rpc('pot_orchestrator', 'roll_up_metrics') -> 'more')::boolean loop
        null;
    end loop;
    return rpc('pot_compliance:carol', 'metric_payouts', jsonb_build_object(
        'from', '2030-01-01T12:00:00Z', 'to', '2030-01-01T13:00:00Z'
    )) -> 0 #- '{bucket}';
end $$;

select freeze_time('2030-01-01 12:00:00Z');
select open_pot(n.name)
from unnest('{paid,held,robbed}'::text[]) as n (name);
select bring_to('paid', 'settled');
select is(
    pg_temp.payouts(), '{"settled": 1, "correct": 1, "wrong": 0, "accuracy": 1.000000}', 'paid'
);
select bring_to('held', 'settling');
select flag(winner('held'), 'held');
select pass_time('1 second');
select reveal('held');
select is(
    pg_temp.payouts(), '{"settled": 2, "correct": 2, "wrong": 0, "accuracy": 1.000000}', 'held'
);
-- Only a superuser can: a credit goes astray between payout and count.
select bring_to('robbed', 'settled');
alter table private.ledger_entries disable trigger user;
update private.ledger_entries set amount = amount + 1
where amount < 0 and account_id = (
    select s.escrow_account from private.pot_states as s where s.pot_id = pot_id('robbed')
);
select is(
    pg_temp.payouts(), '{"settled": 3, "correct": 2, "wrong": 1, "accuracy": 0.666667}', 'robbed'
);

select * from finish();
rollback;
