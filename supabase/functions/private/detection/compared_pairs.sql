-- Pairs of players by all pots they played: how often they met, how closely they followed each
-- other, and whether they bought alike. Of up to 150 players all pairs are compared; in a larger
-- pot each with the next five, members of one small group, and those at the cap, so that the number
-- of pairs grows with the players and not with their square.
create or replace function private.compared_pairs(
    p_seats private.seat[], p_visits private.visit[], p_suspects private.suspect[]
)
returns setof private.pair
language plpgsql
stable
set search_path = ''
set plan_cache_mode = 'force_custom_plan'
set enable_nestloop = off
set jit = off
as $$
#variable_conflict use_column
declare
    c_all_pairs constant integer := 150;
    c_small_group constant integer := 30;
    c_capped constant integer := 80;
    c_alike constant double precision := 0.15;
    c_habit constant double precision := 0.2;
    v_size integer := cardinality(p_seats);
begin
    return query
    with watched as materialized (
        select s.player, s.is_capped from unnest(p_seats) as s where s.is_watched
    ),
    small as materialized (
        select g.number, g.player
        from (
            select s.number, s.player, count(*) over (partition by s.number) as members
            from unnest(p_suspects) as s
        ) as g
        where g.members <= c_small_group
    ),
    capped as materialized (
        select w.player
        from watched as w
        where w.is_capped and v_size > c_all_pairs
        order by w.player
        limit c_capped
    ),
    candidates as materialized (
        select a.player as i, b.player as j
        from watched as a
        cross join lateral generate_series(
            a.player + 1,
            case when v_size <= c_all_pairs then v_size else least(v_size, a.player + 5) end
        ) as n (player)
        inner join watched as b on n.player = b.player
        union
        select a.player, b.player
        from small as a
        inner join small as b on a.number = b.number and a.player < b.player
        union
        select a.player, b.player
        from capped as a
        inner join capped as b on a.player < b.player
    ),
    visits as materialized (
        select
            o.*,
            -- Who always comes first meets whoever always comes first, and both follow nobody: how
            -- much likelier than anybody a player comes to a fifth of a pot, by all pots of theirs.
            5.0::double precision
            * count(*) over (partition by o.player, least(4, floor(5 * o.first_place)))
            / (count(*) over (partition by o.player) + 4) as habit
        from (
            select
                v.player, v.pot, v.players, v.occasion, v.occasion_pots, v.tickets, v.cap,
                min(v.first_place) as first_place, max(v.last_place) as last_place
            from unnest(p_visits) as v
            group by v.player, v.pot, v.players, v.occasion, v.occasion_pots, v.tickets, v.cap
        ) as o
    ),
    -- Who else buys just as many where as many may be bought, in all these pots.
    stakes as (
        select
            v.tickets, v.cap,
            (count(*) - 1)::double precision / sum(count(*)) over (partition by v.cap) as share
        from visits as v
        where v.cap > 1
        group by v.tickets, v.cap
    ),
    histories as materialized (
        select v.player, count(*)::double precision as pots
        from visits as v
        where v.pot > 0
        group by v.player
    ),
    sessions as materialized (
        select v.player, v.occasion, count(*)::double precision / max(v.occasion_pots) as rate,
            count(*) as pots
        from visits as v
        where v.pot > 0
        group by v.player, v.occasion
    ),
    -- By themselves, or visits would be joined with visits, quadratic in the players of a pot.
    halves as (
        select c.i, c.j, v.pot, v.occasion, v.players, v.first_place, v.last_place, v.tickets,
            v.cap, v.habit
        from candidates as c
        inner join visits as v on c.i = v.player
        offset 0
    ),
    meetings as materialized (
        select
            a.i, a.j, a.pot, a.occasion, a.players,
            least(a.players, 1 + round(a.players * greatest(
                0, greatest(a.first_place, b.first_place) - least(a.last_place, b.last_place)
            ))) as gap,
            ln(greatest(1, least(a.habit, b.habit))) as w_habit,
            case
                when a.cap = 1 then null
                when a.tickets = b.tickets then ln(0.5 + 0.5 / greatest(0.02, s.share))
                else ln(0.5)
            end as w_stake
        from halves as a
        inner join visits as b on a.j = b.player and a.pot = b.pot
        left join stakes as s on a.tickets = s.tickets and a.cap = s.cap
    ),
    -- Of each distance once: pairs are many, distances few.
    follows as materialized (
        select
            d.gap, d.players,
            private.follow_weight(d.gap, d.players, false) as w_strangers,
            private.follow_weight(d.gap, d.players, true) as w_friends
        from (select distinct g.gap, g.players from meetings as g) as d
    ),
    sittings as materialized (
        select
            g.i, g.j, count(*) as pots,
            count(*) filter (where g.pot > 0) as together,
            -- The chance that two strangers come as close as that in a pot.
            sum(-ln(least(1, 2 * g.gap / g.players))) filter (where g.pot > 0) as nearness,
            sum(
                f.w_strangers - case when g.gap < g.players / 5 then g.w_habit else 0 end
            ) as w_strangers,
            sum(f.w_friends) as w_friends,
            sum(g.w_stake) as w_stakes, count(g.w_stake) as staked
        from meetings as g
        inner join follows as f on g.gap = f.gap and g.players = f.players
        group by g.i, g.j, g.occasion
    ),
    -- Who looks at the pots at the same time joins them in the same order: pots of one occasion are
    -- not independent. Kish's design effect, with an intraclass correlation of c_alike.
    met as materialized (
        select
            o.i, o.j, sum(o.together) as together,
            sum(o.together / (1 + c_alike * greatest(0, o.together - 1))) as independent,
            sum(o.nearness) as nearness,
            sum(o.w_strangers / (1 + c_alike * (o.pots - 1))) as w_strangers,
            sum(o.w_friends / (1 + c_alike * (o.pots - 1))) as w_friends,
            -- Habits: many pots say no more than five times what one does.
            sum(o.w_stakes) / (1 + c_habit * greatest(0, sum(o.staked) - 1)) as w_stakes
        from sittings as o
        group by o.i, o.j
    ),
    -- Who plays at the same time meets by chance the oftener the fewer pots there are then: the mean
    -- of a hypergeometric count for each occasion that both played in, so neither habits of the day
    -- nor of the week are taken for company.
    present as materialized (
        select c.i, c.j, a.occasion, a.rate
        from candidates as c
        inner join sessions as a on c.i = a.player
    ),
    chances as materialized (
        select a.i, a.j, sum(a.rate * b.pots) as meetings
        from present as a
        inner join sessions as b on a.j = b.player and a.occasion = b.occasion
        group by a.i, a.j
    ),
    -- By itself, or it is computed anew for each pair: pairs times pots.
    spread as materialized (
        -- Of pots of unlike size the large ones see more meetings.
        select greatest(1, count(*) * sum(p.players ^ 2) / sum(p.players) ^ 2) as factor
        from (select distinct v.pot, v.players from visits as v where v.pot > 0) as p
    ),
    compared as materialized (
        select
            c.i, c.j, coalesce(m.together, 0) as together, m.independent,
            coalesce(least(a.pots, b.pots), 0) as fewer,
            coalesce(least(h.meetings * s.factor, a.pots, b.pots), 0) as expected,
            coalesce(m.nearness, 0) as nearness,
            m.w_strangers, m.w_friends, coalesce(m.w_stakes, 0) as w_stakes
        from candidates as c
        inner join met as m on c.i = m.i and c.j = m.j
        left join histories as a on c.i = a.player
        left join histories as b on c.j = b.player
        left join chances as h on c.i = h.i and c.j = h.j
        cross join spread as s
    ),
    -- By itself for the same reason: pairs times pairs.
    crowding as materialized (
        -- What all meet more often than chance says is no pair's own: a day of many, a favourite.
        select greatest(1, percentile_cont(0.5) within group (
            order by (c.together + 1) / (c.expected + 1)
        )) as factor
        from compared as c
    )
    select
        c.i, c.j, c.together::integer, coalesce(c.independent, 0)::double precision,
        c.fewer::integer, (c.expected * k.factor)::double precision, c.nearness::double precision,
        c.w_strangers::double precision, c.w_friends::double precision,
        c.w_stakes::double precision
    from compared as c
    cross join crowding as k;
end $$;

comment on function private.compared_pairs(
    private.seat[], private.visit[], private.suspect[]
) is
'Every pair of players that is compared, with what all their pots together show of it.';

revoke all on function private.compared_pairs(
    private.seat[], private.visit[], private.suspect[]
)
from public, anon, authenticated, service_role;
