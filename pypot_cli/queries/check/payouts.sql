-- A settled pot was paid out once, to its winner or into its hold account, with every credit its live
-- entries paid; no other pot ever was.
-- rows: public.pots
select
    'pot ' || coalesce(p.id, t.pot_id) as subject,
    format(
        'is %s and was paid out %s times with %s credits; its entries paid %s',
        p.status, count(t.id), coalesce(sum(t.amount), 0), d.paid
    ) as problem
from public.pots as p
full join (select * from private.transfers as o where o.kind in ('payout', 'hold')) as t
    on p.id = t.pot_id
-- Once for all pots, as in escrows.sql.
left join (
    select e.pot_id, sum(e.credits_spent) as paid
    from public.pot_entries as e
    where e.cancelled_at is null
    group by e.pot_id
) as d on p.id = d.pot_id
where not exists (select from private.detached_pots as d where d.pot_id = p.id)
group by p.id, t.pot_id, p.status, d.paid
having count(t.id) <> case when p.status = 'settled' then 1 else 0 end
    or sum(t.amount) <> d.paid
order by 1
