-- Groups that share something, weighed against families, offices and carriers: who shares and plays
-- as others do is no ring. Weights and their reasons: docs/collusion.md, in the same order.
create or replace function private.judged_suspects(
    p_seats private.seat[], p_visits private.visit[], p_suspects private.suspect[],
    p_pairs private.pair[]
)
returns table (player integer, kind text, score double precision, evidence jsonb)
language plpgsql
stable
set search_path = ''
set plan_cache_mode = 'force_custom_plan'
set enable_nestloop = off
set jit = off
as $$
#variable_conflict use_column
declare
    v_size integer := cardinality(p_seats);
    v_aged integer;
    v_watched integer;
    v_capped integer;
    v_stakes boolean;
    v_ages double precision[] := array(
        select s.age from unnest(p_seats) as s where s.age is not null order by s.age
    );
begin
    -- Usually so. To plan what follows takes longer than all it does to a small pot.
    if cardinality(p_suspects) = 0 then
        return;
    end if;
    select
        count(s.age), count(*) filter (where s.is_watched), count(*) filter (where s.is_capped)
    into v_aged, v_watched, v_capped
    from unnest(p_seats) as s;
    v_stakes := exists (select from unnest(p_visits) as v where v.pot = 0 and v.stake > 0);

    return query
    with members as materialized (
        select
            g.number, g.player, s.is_capped, s.tickets, s.newness, s.age,
            count(*) over (partition by g.number) as members,
            g.player - lag(g.player) over (partition by g.number order by g.player) as gap
        from unnest(p_suspects) as g
        inner join unnest(p_seats) as s on g.player = s.player
    ),
    groups as (
        select distinct g.number, g.link, g.label, g.accounts, g.is_devices, g.has_devices
        from unnest(p_suspects) as g
    ),
    shapes as (
        select
            m.number, m.members,
            count(*) filter (where m.is_capped) as capped,
            max(m.player) - min(m.player) as span,
            count(*) filter (where m.gap <= 2) as near,
            sum(m.tickets) as tickets,
            count(m.newness) as aged,
            max(m.newness) as oldest,
            max(m.newness) - min(m.newness) as ages
        from members as m
        group by m.number, m.members
    ),
    met as (
        select
            a.number,
            avg(p.together) as together, avg(p.fewer) as fewer, avg(p.expected) as expected,
            avg(p.independent) as independent,
            avg(p.nearness) as nearness, avg(p.w_stakes) as w_stakes
        from unnest(p_pairs) as p
        inner join members as a on p.i = a.player
        inner join members as b on p.j = b.player and a.number = b.number
        group by a.number
    ),
    -- How near in time the next account of the group was made.
    cohorts as (
        select n.number, count(*) as members, avg(ln(n.chance)) as chance
        from (
            select distinct on (a.number, a.player)
                a.number, a.player, private.chance_of_ages(a.age, b.age, v_ages) as chance
            from members as a
            inner join members as b on a.number = b.number and a.player <> b.player
            where a.members <= 30 and a.age is not null and b.age is not null
            order by a.number, a.player, abs(a.age - b.age)
        ) as n
        group by n.number
    ),
    -- How often an entry came from a device that its player had not used before, nor anybody else
    -- here: who sits down at public machines changes them too.
    turns as materialized (
        select
            d.player, d.new_devices, d.address,
            -- Of two turns at most: one with a private window does not speak for the others.
            d.new_devices * least(1, 2.0 / greatest(1, d.turns)) as changed,
            (d.turns - d.new_devices) * least(1, 2.0 / greatest(1, d.turns)) as kept
        from (
            select
                v.player, greatest(0, count(v.device) - 1) as turns,
                greatest(0, count(distinct v.device) filter (where not v.is_shared) - 1)
                as new_devices,
                min(v.address) filter (where v.pot = 0) as address
            from (
                select
                    o.player, o.pot, o.device, o.address,
                    min(o.player) over (partition by o.device)
                    < max(o.player) over (partition by o.device) as is_shared
                from unnest(p_visits) as o
            ) as v
            group by v.player
        ) as d
    ),
    usual_turns as (
        select
            (0.5 + coalesce(sum(t.changed), 0)) / (5 + coalesce(sum(t.changed + t.kept), 0)) as rate
        from turns as t
        where not exists (select from members as m where m.player = t.player)
    ),
    churn as (
        select
            m.number, sum(t.new_devices) as new_devices,
            coalesce(sum(t.changed), 0) as changed, coalesce(sum(t.kept), 0) as kept,
            count(distinct t.address) as addresses
        from members as m
        inner join turns as t on m.player = t.player
        group by m.number
    ),
    places as materialized (
        select v.player, v.address, bool_or(v.pot > 0) as was_before
        from unnest(p_visits) as v
        where v.address is not null
        group by v.player, v.address
    ),
    -- Who was seen before, and only ever where they are now.
    settled as materialized (
        select p.player, count(*) = 1 as is_settled
        from places as p
        group by p.player
        having bool_or(p.was_before)
    ),
    usual_homes as (
        select
            (0.5 + count(*) filter (where s.is_settled)) / (1.0 + count(*)) as rate
        from settled as s
        where not exists (select from members as m where m.player = s.player)
    ),
    -- Who meets at one place has a home elsewhere; accounts of one person have not.
    homes as (
        select
            o.number,
            count(*) filter (where not o.has_own) as without_own,
            count(*) filter (where o.has_own) as with_own
        from (
            select a.number, a.player, bool_or(a.members = 1) as has_own
            from (
                select
                    m.number, m.player, count(*) over (partition by m.number, p.address) as members
                from members as m
                inner join places as p on m.player = p.player
            ) as a
            group by a.number, a.player
        ) as o
        inner join settled as s on o.player = s.player
        group by o.number
    ),
    weighed as materialized (
        select
            s.number, s.members, s.capped, s.span, s.tickets, g.link, g.label, g.accounts,
            m.together, m.expected, c.new_devices,
            private.link_weight(
                g.link, s.members, g.accounts, g.is_devices, g.has_devices, c.addresses
            ) as w_link,
            case when v_stakes then private.trait_weight(
                private.rate_evidence(
                    s.capped, s.members - s.capped, 0.9,
                    (0.6 + v_capped - s.capped) / (4.0 + v_watched - s.members)
                ), 0.4, least(2.0, 0.8 * s.members)
            ) else 0 end as w_cap,
            least(2.0, coalesce(m.w_stakes, 0))::double precision as w_stakes,
            private.trait_weight(
                private.p_value_evidence(3 * least(
                    -- All of them within so few places; so many right after each other; and before.
                    private.chance_of_span(s.members, s.span::double precision / v_size),
                    private.chance_of_count(
                        s.near, (s.members - 1) * least(1, 2.0 * (s.members - 1) / (v_size - 1))
                    ),
                    private.chance_of_sum(coalesce(m.nearness, 0)::double precision,
                        coalesce(m.together, 0)::double precision)
                )),
                -- Of a small pot even the nearest places are not near, so their absence says less.
                -- A family at one table, once, is no more than that.
                0.6 * (1 - sqrt(least(1, 3 * private.chance_of_span(
                    s.members, (s.members - 1)::double precision / v_size
                )))),
                case when m.together >= 1 then 3.5 else 1.8 end
            ) as w_sync,
            -- Whoever shares no device here is compared with those who share as much, who seldom
            -- play the same pots.
            case g.link when 'shared_device' then 1 else 2 end
            * case when coalesce(m.fewer, 0) < 2 then 0 else greatest(
                private.company_weight(
                    m.together::double precision, m.fewer::double precision, m.expected, 4
                ),
                -- Of an address that few use: a family plays one pot in four together, if chance
                -- does not bring them together more often.
                case when g.is_devices or g.accounts > 2 * s.members then -10
                    else private.trait_weight(
                        (
                            private.rate_evidence(
                                m.independent, t.apart::double precision, 0.9, t.usual
                            )
                            + private.rate_evidence(
                                m.independent, t.apart::double precision, 0.6, t.usual
                            )
                        ) / 2,
                        0.8, least(4.0, 0.9 * s.members)
                    )
                end
            ) end as w_together,
            -- Made within as short a time as that, as lately, or one right after another: the least
            -- likely one. Twice, since a p-value is turned into the least that it can mean, and
            -- nothing else tells a ring from a household as well (docs/decisions/0251).
            2 * case when s.aged < 2 or v_aged < 8 then 0 else private.trait_weight(
                private.p_value_evidence(3 * least(
                    private.chance_of_span(s.aged, s.ages + 0.5 / v_aged),
                    (s.oldest + 0.5 / v_aged) ^ (s.aged / 2.0),
                    case when g.accounts <= 2 * s.members then (s.aged - 1) * exp(o.chance) end
                )),
                -- A couple signs up on one evening.
                0.5, case when s.members = 2 then 1.5 else 2.5 end
            ) end as w_ages,
            case when g.is_devices then 0 else private.trait_weight(
                private.rate_evidence(
                    c.changed::double precision, c.kept::double precision, 0.8,
                    u.rate::double precision
                ),
                0.4, least(3.5, 0.6 * s.members)
            ) end as w_churn,
            case when g.is_devices then 0 else private.trait_weight(
                private.rate_evidence(
                    coalesce(h.without_own, 0), coalesce(h.with_own, 0), 0.9,
                    r.rate::double precision
                ),
                0.9, 0
            ) end as w_home
        from shapes as s
        inner join groups as g on s.number = g.number
        left join met as m on s.number = m.number
        left join churn as c on s.number = c.number
        left join homes as h on s.number = h.number
        left join cohorts as o on s.number = o.number
        cross join lateral (
            select
                (m.fewer - m.together) * m.independent / greatest(1, m.together) as apart,
                greatest(0.25, least(0.9, 0.8 * m.expected / greatest(1, m.fewer)))
                ::double precision as usual
        ) as t
        cross join usual_turns as u
        cross join usual_homes as r
    ),
    judged as materialized (
        select
            w.*,
            private.posterior(
                w.w_link + greatest(w.w_cap, w.w_stakes) + w.w_sync + w.w_together + w.w_ages
                + w.w_churn + w.w_home,
                null
            ) as score
        from weighed as w
    )
    select m.player, k.kind, j.score, jsonb_build_object(
        'group', j.label,
        'members', j.members,
        'players', v_size,
        'accounts_ever', j.accounts,
        'tickets', j.tickets,
        'members_at_cap', j.capped,
        'span', j.span,
        'pots_together', round(j.together, 1),
        'pots_expected', round(j.expected::numeric, 1),
        'new_devices', j.new_devices,
        'weights', jsonb_build_object(
            j.link, round(j.w_link::numeric, 2),
            'cap_splitting', round(j.w_cap::numeric, 2),
            'equal_stakes', round(j.w_stakes::numeric, 2),
            'synchronised_joins', round(j.w_sync::numeric, 2),
            'played_together', round(j.w_together::numeric, 2),
            'new_accounts', round(j.w_ages::numeric, 2),
            'churned_devices', round(j.w_churn::numeric, 2),
            'no_other_home', round(j.w_home::numeric, 2)
        )
    )
    from judged as j
    inner join members as m on j.number = m.number
    cross join lateral (
        values
        (j.link, null), ('cap_splitting', j.w_cap), ('synchronised_joins', j.w_sync),
        ('played_together', j.w_together), ('churned_devices', j.w_churn)
    ) as k (kind, weight)
    where coalesce(k.weight >= 1, true);
end $$;

comment on function private.judged_suspects(
    private.seat[], private.visit[], private.suspect[], private.pair[]
) is
'The score of every group that shares something, for each member: one row for the tie, and one '
'for each trait that weighs 1 or more.';

revoke all on function private.judged_suspects(
    private.seat[], private.visit[], private.suspect[], private.pair[]
)
from public, anon, authenticated, service_role;
