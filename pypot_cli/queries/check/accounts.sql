-- Every ledger entry's account exists, only wallets carry running balances, each player's wallet, each
-- pot's escrow and each held payout is on its own account, and there is one issuance.
-- rows: private.accounts
select
    'account ' || e.account_id as subject,
    'has ledger entries and does not exist' as problem
from private.ledger_entries as e
left join private.accounts as a on e.account_id = a.id
where a.id is null
group by e.account_id
union all
select
    'account ' || a.id,
    'is no wallet, but its entries carry balances'
from private.accounts as a
where a.kind <> 'wallet'
    and exists (
        select from private.ledger_entries as e where e.account_id = a.id and e.version is not null
    )
union all
select
    'wallet of ' || coalesce(w.user_id, a.user_id),
    'is not on that player''s own account'
from private.wallets as w
full join (select * from private.accounts as k where k.kind = 'wallet') as a
    on w.account_id = a.id and w.user_id = a.user_id
where w.user_id is null or a.id is null
union all
select
    'pot ' || coalesce(s.pot_id, a.pot_id),
    'is not on its own escrow account'
from private.pot_states as s
full join (select * from private.accounts as k where k.kind = 'escrow') as a
    on s.escrow_account = a.id and s.pot_id = a.pot_id
where s.pot_id is null or a.id is null
union all
select
    'pot ' || coalesce(h.pot_id, a.pot_id),
    'is not on its own hold account'
from private.payout_holds as h
full join (select * from private.accounts as k where k.kind = 'hold') as a
    on h.account_id = a.id and h.pot_id = a.pot_id
where h.pot_id is null or a.id is null
union all
select
    'accounts',
    format('have %s of kind issuance, not one', count(*))
from private.accounts as a
where a.kind = 'issuance'
having count(*) <> 1
order by 1
