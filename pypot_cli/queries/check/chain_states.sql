-- A pot's status, pause and reveal are what the last such rows of its chain say, and it was created
-- once, first.
-- rows: public.pots
select
    'pot ' || p.id as subject,
    format(
        'is %s%s%s; its chain says %s, %s, %s', p.status,
        case when p.paused_at is not null then ', paused' end,
        case when p.reveal_seed is not null then ', revealed' end,
        coalesce(a.moved, 'nothing'), coalesce(a.paused, 'never paused'),
        case when a.revealed then 'revealed' else 'not revealed' end
    ) as problem
from public.pots as p
cross join lateral (
    select
        (array_agg(c.action order by c.seq desc) filter (
            where c.action in ('created', 'locked', 'claimed', 'settled', 'cancelled')
        ))[1] as moved,
        (array_agg(c.action order by c.seq desc) filter (
            where c.action in ('paused', 'resumed')
        ))[1] as paused,
        coalesce(bool_or(c.action = 'revealed'), false) as revealed,
        coalesce(bool_and(c.seq = 1 or c.action <> 'created'), false)
        and coalesce(bool_or(c.seq = 1 and c.action = 'created'), false) as created_first
    from public.pots_audit as c
    where c.pot_id = p.id
) as a
where a.moved is distinct from case p.status
        when 'open' then 'created'
        when 'locked' then 'locked'
        when 'settling' then 'claimed'
        when 'settled' then 'settled'
        when 'cancelled' then 'cancelled'
    end
    or p.status = 'open' and (p.paused_at is not null) <> coalesce(a.paused = 'paused', false)
    or (p.reveal_seed is not null) <> a.revealed
    or not a.created_first
order by 1
