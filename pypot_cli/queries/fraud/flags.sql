-- Flags recorded before the seed of their pot was revealed, as they were then: a flag that was
-- raised later counts with no effect, for it can have held nothing. A review changes no effect.
select
    f.pot_id::text as pot_id,
    f.user_id::text as user_id,
    f.kind,
    f.score::float8 as score,
    case
        when f.updated_at <= r.created_at or f.proposed_at is not null or f.reviewed_at is not null
            then f.effect
        else 'note'
    end as effect,
    f.phase
from private.flags as f
inner join public.pots_audit as r on f.pot_id = r.pot_id and r.action = 'revealed'
where f.created_at <= r.created_at
order by f.pot_id, f.user_id, f.kind
