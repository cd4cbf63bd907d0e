-- A pot is settled if and only if it has a settlement, and with draw 2 a beacon; its lock was
-- attested before it was claimed; only locks are attested.
-- rows: public.pots
select
    'pot ' || p.id as subject,
    format(
        'is %s with draw %s, %s attestation, %s settlement and %s beacon', p.status, p.draw_version,
        case when a.pot_id is null then 'without' else 'with' end,
        case when s.pot_id is null then 'without' else 'with' end,
        case when b.pot_id is null then 'without' else 'with' end
    ) as problem
from public.pots as p
left join private.lock_attestations as a on p.id = a.pot_id
left join private.settlements as s on p.id = s.pot_id
left join private.beacons as b on p.id = b.pot_id
where (p.status = 'settled') <> (s.pot_id is not null)
    or (p.status = 'settled' and p.draw_version = 2) <> (b.pot_id is not null)
    or p.status in ('settling', 'settled') and a.pot_id is null
    or p.locked_at is null and a.pot_id is not null
order by 1
