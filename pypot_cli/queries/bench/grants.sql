-- Credits for many players in one call.
select count(public.grant_credits(u.id, %(amount)s, 'a benchmark', 'bench ' || u.id)) as granted
from unnest(%(users)s::uuid[]) as u (id)
