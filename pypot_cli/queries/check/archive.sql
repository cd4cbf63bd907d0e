-- Of an archived pot nothing is left where pots are played, the archive has what the pot's chain says
-- by hash and of no other pot anything; of a detached month it has nothing, and what is carried
-- forward sums to zero and is what the chain of its last pot says; what is counted of archived pots
-- is what they had.
-- rows: private.archived_pots
select
    'pot ' || p.pot_id as subject,
    case
        when m.detached_at is null
            then 'is not in the archive as the last row `archived` of its chain says'
        else 'is detached, and the archive still has rows of it'
    end as problem
from private.archived_pots as p
inner join private.archive_months as m on p.month = m.month
left join public.pots_audit as a on p.pot_id = a.pot_id and a.action = 'archived'
cross join lateral private.archive_digests(p.pot_id, p.month) as h (digests)
where m.detached_at is null and a.metadata -> 'tables' is distinct from h.digests
    or m.detached_at is not null and h.digests #>> '{archived_entries,rows}' <> '0'
union all
select 'pot ' || n.pot_id, 'was archived, and entries of it are where pots are played'
from private.archived_pots as n
where exists (select from public.pot_entries where pot_entries.pot_id = n.pot_id)
union all
select 'month ' || e.month, format('has %s of pots that were not archived', count(*))
from (
    select b.month, b.pot_id from private.archived_entries as b
    union all
    select b.month, b.pot_id from private.archived_transfers as b
    union all
    select b.month, b.pot_id from private.archived_events as b
    union all
    select b.month, b.tree_id from private.archived_levels as b
) as e
where not exists (
    select from private.archived_pots as p where p.pot_id = e.pot_id and p.month = e.month
)
group by e.month
union all
select 'month ' || l.month, 'has ledger entries of no transfer in it'
from private.archived_ledger as l
where not exists (
    select from private.archived_transfers as t where t.id = l.transfer_id and t.month = l.month
)
group by l.month
union all
select
    'month ' || m.month,
    case
        when m.detached_at is null then 'is attached, and something is carried forward of it'
        else 'carries forward what the chain of its last pot does not say'
    end
from private.archive_months as m
cross join lateral private.carried_json(m.month) as c (carried)
left join lateral (
    select a.metadata
    from public.pots_audit as a
    where a.pot_id = private.archive_anchor(m.month) and a.action in ('detached', 'attached')
    order by a.seq desc
    limit 1
) as said on true
where m.detached_at is null and (
        c.carried #>> '{entries,rows}' <> '0' or c.carried #>> '{positions,rows}' <> '0'
    )
    or m.detached_at is not null and (
        said.metadata -> 'carried' is distinct from c.carried
        or said.metadata ->> 'file_hash' is distinct from m.file_hash
        or c.carried #>> '{entries,sum}' <> '0'
    )
union all
select 'carried_counts', format('says %s %s, and archived pots had %s', k.amount, k.metric, k.had)
from (
    select
        n.metric,
        coalesce((
            select sum(c.amount) from private.carried_counts as c where c.metric = n.metric
        ), 0) as amount,
        n.had
    from (
        select
            coalesce(sum(p.entries), 0) as entries,
            coalesce(sum(p.tickets), 0) as tickets,
            coalesce(sum(p.credits), 0) as credits
        from private.archived_pots as p
    ) as s
    cross join lateral (
        values ('joins', s.entries), ('tickets', s.tickets), ('credits', s.credits)
    ) as n (metric, had)
) as k
where k.amount <> k.had
order by 1
