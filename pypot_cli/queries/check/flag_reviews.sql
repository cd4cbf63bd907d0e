-- Every flag is of a pot, and of an entry of its player in it; it was cleared by one person or upheld
-- by two, each with a chain row of that decision, and no other decision is in a chain.
-- rows: private.flags
with reviews as (
    select
        f.flag_id, f.pot_id, f.proposed_by as actor_id, 'uphold' as decision,
        'uphold_proposed' as status
    from private.flags as f
    where f.proposed_by is not null
    union all
    select
        f.flag_id, f.pot_id, f.reviewed_by,
        case f.status when 'cleared' then 'clear' else 'uphold' end, f.status
    from private.flags as f
    where f.reviewed_by is not null
),

told as (
    select
        a.metadata ->> 'flag_id' as flag_id,
        a.pot_id,
        a.actor_id,
        a.metadata ->> 'decision' as decision,
        a.metadata ->> 'status' as status
    from public.pots_audit as a
    where a.action = 'flag_reviewed'
)

select
    'flag ' || coalesce(r.flag_id::text, t.flag_id) as subject,
    format(
        '%s, %s, by %s: %s in the chain and %s in the flag',
        coalesce(r.decision, t.decision), coalesce(r.status, t.status),
        coalesce(r.actor_id, t.actor_id), count(t.flag_id), count(r.flag_id)
    ) as problem
from reviews as r
full join told as t
    on r.flag_id::text = t.flag_id
    and r.pot_id = t.pot_id
    and r.actor_id = t.actor_id
    and r.decision = t.decision
    and r.status = t.status
group by
    coalesce(r.flag_id::text, t.flag_id), coalesce(r.decision, t.decision),
    coalesce(r.status, t.status), coalesce(r.actor_id, t.actor_id)
having count(r.flag_id) <> 1 or count(t.flag_id) <> 1
union all
select
    'flag ' || f.flag_id,
    case
        when p.id is null then 'is of no pot'
        when e.id is null and f.entry_id is not null
            then 'names an entry that is not its player''s in its pot'
        else 'was upheld by one person'
    end
from private.flags as f
left join public.pots as p on f.pot_id = p.id
left join public.pot_entries as e
    on f.entry_id = e.id and f.pot_id = e.pot_id and f.user_id = e.user_id
where p.id is null
    or e.id is null
    and f.entry_id is not null
    and not exists (select from private.detached_pots as d where d.pot_id = f.pot_id)
    or f.status = 'upheld' and f.proposed_by is not distinct from f.reviewed_by
order by 1, 2
