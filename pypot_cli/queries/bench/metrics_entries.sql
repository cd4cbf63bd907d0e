-- The entries of pots %(first)s to %(last)s, a ticket each, by two hundred thousand players.
insert into public.pot_entries (
    id, pot_id, user_id, ticket_count, credits_spent, salt, entrant_tag, first_ticket, stripe,
    created_at
)
select
    gen_random_uuid(),
    p.id,
    md5('player ' || mod(n * 20 + k * 104729, 200000))::uuid,
    1, 10, '', '', k, 0,
    p.created_at + (p.locked_at - p.created_at) * (k + 1) / 20
from generate_series(%(first)s::bigint, %(last)s::bigint) as numbers (n)
inner join public.pots as p on md5('pot ' || n)::uuid = p.id
cross join generate_series(0, 19) as entries (k)
