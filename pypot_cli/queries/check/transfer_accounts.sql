-- Credits go where their transfer's kind says: a join from the buyer's wallet to the pot's escrow, a
-- refund back, a payout from the escrow to the winner's wallet, a grant from issuance to a wallet; held,
-- from the escrow to the pot's hold account, from there released to the winner or returned to entrants.
-- rows: private.transfers
select
    'transfer ' || t.id as subject,
    format(
        'is a %s from %s of %s to %s of %s',
        t.kind, f.kind, coalesce(f.user_id, f.pot_id), g.kind, coalesce(g.user_id, g.pot_id)
    ) as problem
from private.transfers as t
inner join private.ledger_entries as fe on t.id = fe.transfer_id and fe.amount < 0
inner join private.ledger_entries as ge on t.id = ge.transfer_id and ge.amount > 0
inner join private.accounts as f on fe.account_id = f.id
inner join private.accounts as g on ge.account_id = g.id
left join public.pot_entries as n on t.entry_id = n.id
left join public.pots as p on t.pot_id = p.id
where not coalesce(
    case t.kind
        when 'grant' then f.kind = 'issuance' and g.kind = 'wallet'
        when 'join' then
            f.user_id = n.user_id and g.pot_id = t.pot_id and n.pot_id = t.pot_id
            and g.kind = 'escrow'
        when 'refund' then
            f.pot_id = t.pot_id and g.user_id = n.user_id and n.pot_id = t.pot_id
            and f.kind = 'escrow'
        when 'payout' then
            f.pot_id = t.pot_id and g.user_id = p.winner_user_id and f.kind = 'escrow'
        when 'hold' then
            f.pot_id = t.pot_id and g.pot_id = t.pot_id and f.kind = 'escrow' and g.kind = 'hold'
        when 'release' then
            f.pot_id = t.pot_id and g.user_id = p.winner_user_id and f.kind = 'hold'
        when 'return' then
            f.pot_id = t.pot_id and g.user_id = n.user_id and n.pot_id = t.pot_id
            and f.kind = 'hold'
    end,
    false
)
order by t.id
