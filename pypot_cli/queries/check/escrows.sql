-- A pot's escrow holds what its live entries paid until it ends, and exactly nothing afterwards.
-- rows: public.pots
select
    'pot ' || p.id as subject,
    format('is %s and its escrow holds %s credits, not %s', p.status, h.held, d.due) as problem
from public.pots as p
inner join private.pot_states as s on p.id = s.pot_id
cross join lateral (
    select coalesce(sum(e.amount), 0) as held
    from private.ledger_entries as e
    where e.account_id = s.escrow_account
) as h
cross join lateral (
    select case
        when p.status in ('settled', 'cancelled') then 0 else coalesce(sum(e.credits_spent), 0)
    end as due
    from public.pot_entries as e
    where e.pot_id = p.id and e.cancelled_at is null
) as d
where h.held <> d.due
order by 1
