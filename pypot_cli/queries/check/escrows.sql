-- A pot's escrow holds what its live entries paid until it ends, and exactly nothing afterwards.
-- rows: public.pots
select
    'pot ' || p.id as subject,
    format('is %s and its escrow holds %s credits, not %s', p.status, d.held, d.due) as problem
from public.pots as p
inner join private.pot_states as s on p.id = s.pot_id
-- Added up once for all pots: to look at each pot's is to read all each time, where one has most.
left join (
    select l.account_id, sum(l.amount) as credits
    from private.ledger_entries as l
    group by l.account_id
) as e on s.escrow_account = e.account_id
left join (
    select n.pot_id, sum(n.credits_spent) as credits
    from public.pot_entries as n
    where n.cancelled_at is null
    group by n.pot_id
) as paid on p.id = paid.pot_id
cross join lateral (
    select
        coalesce(e.credits, 0) as held,
        case
            when p.status in ('settled', 'cancelled') then 0 else coalesce(paid.credits, 0)
        end as due
) as d
where d.held <> d.due
order by 1
