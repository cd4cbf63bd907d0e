-- Every pot was opened on a commitment from the stock, each used once, and shows no other.
-- rows: private.commitments
select
    'pot ' || coalesce(p.id, c.pot_id) as subject,
    case
        when c.pot_id is null then 'has no commitment'
        when p.id is null then 'does not exist, but its commitment is used'
        when c.used_at is null then 'is open on a commitment that is still in the stock'
        else 'shows another commit_hash than its commitment'
    end as problem
from public.pots as p
full join private.commitments as c on p.id = c.pot_id
where c.pot_id is null
    or (p.id is null) <> (c.used_at is null)
    or p.commit_hash <> c.commit_hash
order by 1
