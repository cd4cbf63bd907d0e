-- After grants, joins, a cancelled entry, a payout and a refund: each transfer has two sides that
-- cancel out, each wallet is the sum of its entries, and no escrow of an ended pot holds anything.

begin;
\ir ../support/helpers.sql
select plan(11);

select make_user('ann', 100);
select make_user('bob', 70);
select open_pot('won', '{"max_tickets": 4, "max_per_user": 2}');
select open_pot('void');
select join_pot('ann', 'won', 2);
select join_pot('bob', 'won', 1);
select cancel_entry('bob', 'won');
select join_pot('bob', 'void', 3);
select bring_to('won', 'settled');
select rpc('pot_compliance:carol', 'void_pot', on_pot('void', '{"reason": "a test"}'));

select is(
    (select array_agg(distinct t.kind order by t.kind) from private.transfers as t),
    '{grant,join,payout,refund}', 'every kind of transfer was made'
);
select is(
    (
        select array_agg(distinct row(s.sides, s.total, s.most = t.amount)::text)
        from private.transfers as t
        inner join (
            select l.transfer_id, count(*) as sides, sum(l.amount) as total, max(l.amount) as most
            from private.ledger_entries as l
            group by l.transfer_id
        ) as s on t.id = s.transfer_id
    ),
    '{"(2,0,t)"}', 'two sides, nothing left over, the transfer''s amount'
);
select is(
    (
        select count(*)
        from private.transfers as t
        where not exists (select from private.ledger_entries as l where l.transfer_id = t.id)
    ),
    0::bigint, 'no transfer without sides'
);
select is(
    w.balance::numeric,
    (select sum(l.amount) from private.ledger_entries as l where l.account_id = w.account_id),
    'a wallet is the sum of its entries'
)
from private.wallets as w;
select is(
    (
        select array_agg(l.version order by l.version)
        from private.ledger_entries as l
        where l.account_id = w.account_id
    ),
    array(select generate_series(1, w.version)), 'and has one version for each'
)
from private.wallets as w;
select is(array[escrow('won'), escrow('void')], '{0,0}', 'the escrows are empty');
select is(
    (select private.account_balance(a.id) from private.accounts as a where a.kind = 'issuance'),
    (select -sum(w.balance)::bigint from private.wallets as w), 'what was issued is in the wallets'
);

select * from finish();
rollback;
