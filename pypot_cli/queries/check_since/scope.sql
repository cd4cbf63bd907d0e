-- Sets, for this transaction, which pots are looked at: all that have not ended, that ended since
-- %(since)s, and of which the log tells something since then or after row %(audit_id)s, or credits
-- moved after transfer %(transfer_id)s; and that transfer. Returns how many pots they are. A row with
-- a lower id than the last one that a check saw may have been committed after it.
select
    count(*) as pots,
    set_config('pypot.pots', coalesce(array_agg(s.id), '{}')::text, true) as given,
    set_config('pypot.transfer', %(transfer_id)s::text, true) as behind
from (
    select p.id from public.pots as p where p.status in ('open', 'locked', 'settling')
    union
    select p.id
    from public.pots as p
    where coalesce(p.settled_at, p.cancelled_at) >= %(since)s
    union
    select a.pot_id
    from public.pots_audit as a
    where a.id > least(%(audit_id)s, coalesce((
        select l.id
        from public.pots_audit as l
        where l.created_at < %(since)s
        order by l.id desc
        limit 1
    ), 0))
    union
    select t.pot_id
    from private.transfers as t
    where t.id > %(transfer_id)s and t.pot_id is not null
) as s
