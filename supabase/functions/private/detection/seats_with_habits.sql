-- Who is at the cap is who is so in most of the last pots: a whale that once is short of tickets
-- remains one, and so does somebody who once buys all.
create or replace function private.seats_with_habits(
    p_seats private.seat[], p_visits private.visit[]
)
returns setof private.seat
language sql
stable
set search_path = ''
as $$
    select
        s.player, s.user_id, s.entry_id, s.tickets, s.is_watched, s.age, s.newness,
        coalesce(h.capped >= 0.7 * h.pots, false)
    from unnest(p_seats) as s
    left join (
        select v.player, count(*) filter (where v.stake = 4) as capped, count(*) as pots
        from (
            select distinct o.player, o.pot, o.stake from unnest(p_visits) as o where o.stake > 0
        ) as v
        group by v.player
    ) as h on s.player = h.player
$$;

comment on function private.seats_with_habits(private.seat[], private.visit[]) is
'The same players, with is_capped: at 80% of the cap or more in 7 of 10 of their pots.';

revoke all on function private.seats_with_habits(private.seat[], private.visit[])
from public, anon, authenticated, service_role;
