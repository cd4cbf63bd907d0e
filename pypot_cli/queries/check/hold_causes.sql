-- A payout was held if and only if its winner had a flag that could hold and was not cleared in time;
-- it is paid when all such flags are cleared and returned when one is upheld. A flag can hold if it was
-- recorded before the pot's reveal.
-- rows: private.payout_holds
with causes as (
    select
        p.id as pot_id,
        h.pot_id is not null as held,
        h.outcome,
        count(f.flag_id) as flags,
        -- By the order of the chain, which no clock that is set back changes.
        count(f.flag_id) filter (where not exists (
            select
            from public.pots_audit as r
            inner join public.pots_audit as d on r.pot_id = d.pot_id and d.action = 'settled'
            where r.pot_id = p.id
                and r.action = 'flag_reviewed'
                and r.seq < d.seq
                and r.metadata @> jsonb_build_object('flag_id', f.flag_id, 'status', 'cleared')
        )) as in_force,
        count(f.flag_id) filter (where f.status <> 'cleared') as left_over,
        count(f.flag_id) filter (where f.status = 'upheld') as upheld
    from public.pots as p
    left join private.payout_holds as h on p.id = h.pot_id
    left join private.holding_flags as n on p.id = n.pot_id
    left join private.flags as f on n.flag_id = f.flag_id and p.winner_user_id = f.user_id
    where p.status = 'settled'
    group by p.id, h.pot_id, h.outcome
)

select
    'pot ' || c.pot_id as subject,
    format(
        'its payout was %s%s; of %s flags that could hold it %s were in force at settlement, %s are not '
        'cleared and %s upheld',
        case when c.held then 'held' else 'not held' end, ', ' || c.outcome,
        c.flags, c.in_force, c.left_over, c.upheld
    ) as problem
from causes as c
where c.held <> (c.in_force > 0)
    or c.held
    and coalesce(c.outcome, 'held') <> case
        when c.upheld > 0 then 'returned'
        when c.left_over = 0 then 'paid'
        else 'held'
    end
union all
select
    'flag ' || n.flag_id,
    format(
        'of pot %s could hold since %s; it was recorded at %s, and the reveal at %s',
        n.pot_id, n.noted_at, f.created_at, a.created_at
    )
from private.holding_flags as n
left join private.flags as f on n.flag_id = f.flag_id and n.pot_id = f.pot_id
left join public.pots_audit as a on n.pot_id = a.pot_id and a.action = 'revealed'
where not coalesce(f.created_at <= n.noted_at and n.noted_at <= a.created_at, false)
    or f.effect not in ('hold', 'refuse')
order by 1
