-- Revealed pots in the order of their locks.
select
    p.id::text as pot_id,
    p.status,
    p.total_tickets,
    extract(epoch from p.locked_at - p.created_at)::float8 as open_seconds
from public.pots as p
where p.reveal_seed is not null
order by p.locked_at, p.id
