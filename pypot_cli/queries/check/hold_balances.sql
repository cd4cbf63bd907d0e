-- A hold account holds its pot's whole prize until it is released and exactly nothing afterwards; paid
-- is one transfer of all of it to the winner, returned are transfers to entries alone.
-- rows: private.payout_holds
select
    'pot ' || h.pot_id as subject,
    format(
        'has %s of %s credits on hold, %s; %s left it by %s releases and %s returns',
        b.held, h.credits, coalesce(h.outcome, 'not released'), t.moved, t.releases, t.returns
    ) as problem
from private.payout_holds as h
left join private.settlements as s on h.pot_id = s.pot_id
cross join lateral (
    select coalesce(sum(e.amount), 0) as held
    from private.ledger_entries as e
    where e.account_id = h.account_id
) as b
cross join lateral (
    select
        coalesce(sum(o.amount), 0) as moved,
        count(*) filter (where o.kind = 'release') as releases,
        count(*) filter (where o.kind = 'return') as returns
    from private.transfers as o
    where o.pot_id = h.pot_id and o.kind in ('release', 'return')
) as t
where not exists (select from private.detached_pots as d where d.pot_id = h.pot_id)
    and (
    b.held <> case when h.outcome is null then h.credits else 0 end
    or t.moved <> case when h.outcome is null then 0 else h.credits end
    or t.releases <> case when h.outcome = 'paid' then 1 else 0 end
    or (t.returns > 0) <> coalesce(h.outcome = 'returned', false)
    or h.credits is distinct from s.prize
    or h.transfer_id is distinct from s.transfer_id
    )
union all
select
    'transfer ' || t.id,
    format('is a %s of pot %s, whose payout was never held', t.kind, t.pot_id)
from private.transfers as t
where t.kind in ('hold', 'release', 'return')
    and not exists (select from private.payout_holds as h where h.pot_id = t.pot_id)
order by 1
