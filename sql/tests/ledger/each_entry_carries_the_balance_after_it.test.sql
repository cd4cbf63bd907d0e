-- A wallet's entries have its running balance and version; those of other accounts neither.

begin;
\ir ../support/helpers.sql
select plan(2);

select make_user('ann', 100);
select open_pot('big');
select join_pot('ann', 'big', 3);
select join_pot('ann', 'big', 2);
select cancel_entry('ann', 'big');
select is(
    array_agg((l.amount, l.balance_after, l.version)::text order by l.transfer_id),
    '{"(100,100,1)","(-30,70,2)","(-20,50,3)","(20,70,4)"}', 'ann''s wallet'
)
from private.ledger_entries as l
inner join private.wallets as w on l.account_id = w.account_id;
select is(
    array_agg((l.amount, l.balance_after, l.version)::text order by l.transfer_id),
    '{"(30,,)","(20,,)","(-20,,)"}', 'the escrow'
)
from private.ledger_entries as l
inner join private.accounts as a on l.account_id = a.id
where a.kind = 'escrow';

select * from finish();
rollback;
