-- The tally of a wallet has every join of the player since it began.
-- rows: private.wallets
select
    'wallet of ' || w.user_id as subject,
    format(
        'has %s joins of %s credits since %s and a tally of %s of %s',
        e.joins, e.credits, w.tally_from, w.tally_joins, w.tally_credits
    ) as problem
from private.wallets as w
cross join lateral (
    select count(*) as joins, coalesce(sum(e.credits_spent), 0) as credits
    from public.pot_entries as e
    where e.user_id = w.user_id and e.created_at > w.tally_from
) as e
where e.joins > w.tally_joins or e.credits > w.tally_credits
order by 1
