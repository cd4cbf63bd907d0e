-- Rings that may have nothing in common but how they play, and those that share something too, by
-- pairs that chain. Two other readings are weighed: strangers, who meet by chance, and friends, who
-- meet on purpose.
create or replace function private.judged_company(
    p_pot_id uuid, p_seats private.seat[], p_visits private.visit[], p_traits private.trait[],
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
    select
        count(s.age), count(*) filter (where s.is_watched), count(*) filter (where s.is_capped)
    into v_aged, v_watched, v_capped
    from unnest(p_seats) as s;
    v_stakes := exists (select from unnest(p_visits) as v where v.pot = 0 and v.stake > 0);

    return query
    with shared as materialized (
        -- Strangers share a device nearly never, but for a public one, an address the less the
        -- fewer use it, and several addresses hardly ever; nor do friends, who have one home at
        -- most. Where a device is shared, so are the places it was at.
        select
            o.i, o.j,
            max(o.weight) + case
                when bool_or(o.link = 'shared_device') then 0
                else least(3, 0.7 * (sum(o.weight) - max(o.weight)))
            end as w_strangers,
            case
                when bool_or(o.link = 'shared_device' and o.accounts <= 8) then 1.2
                when bool_or(o.link = 'shared_device') then 0
                when count(*) filter (where o.accounts <= 12) > 1 then 1.5
                else 0
            end as w_friends
        from (
            select p.*, case p.link
                when 'shared_device'
                    then ln(v_size) + 1 - 1.5 * ln(greatest(6, p.accounts) / 6.0)
                else greatest(0, ln(v_size::double precision / p.accounts))
            end as weight
            from (
                select a.player as i, b.player as j, a.link, a.accounts
                from unnest(p_traits) as a
                inner join unnest(p_traits) as b on a.number = b.number and a.player < b.player
                where a.accounts <= 50
            ) as p
        ) as o
        group by o.i, o.j
    ),
    edges as materialized (
        select
            p.i, p.j, p.together, p.fewer, p.expected, p.w_friends,
            private.company_weight(p.together, p.fewer, p.expected, 10)
            * p.independent / greatest(1, p.together) as w_together,
            private.trait_weight(
                exp(greatest(-27.6, least(27.6, p.w_strangers))), 0.7, 10
            ) as w_sync,
            private.trait_weight(
                exp(greatest(-27.6, least(27.6, p.w_stakes))), 0.6, 4
            ) as w_stakes,
            case when a.newness is null or b.newness is null or v_aged < 8 then 0
                else private.trait_weight(
                    private.p_value_evidence(private.chance_of_ages(a.age, b.age, v_ages)), 0.5, 3
                )
            end as w_ages,
            case
                when p.fewer < 4 then 0
                when p.together >= 0.9 * p.fewer then ln(0.8 / 0.3)
                when p.together >= 0.5 * p.fewer then 0
                else ln(0.2 / 0.7)
            end as w_always,
            coalesce(t.w_strangers, 0) as w_shared, coalesce(t.w_friends, 0) as w_device
        from unnest(p_pairs) as p
        inner join unnest(p_seats) as a on p.i = a.player
        inner join unnest(p_seats) as b on p.j = b.player
        left join shared as t on p.i = t.i and p.j = t.j
        where p.together > 0 or p.j - p.i <= 2 or t.i is not null
    ),
    -- Above ln n an edge is more than the best of n strangers; below, all would grow together.
    strong as materialized (
        select
            e.*, e.w_together + e.w_sync + e.w_stakes + e.w_ages + e.w_shared as weight
        from edges as e
        where e.w_together + e.w_sync + e.w_stakes + e.w_ages + e.w_shared >= ln(v_size) + 0.5
    ),
    ends as materialized (
        select x.i as player, x.* from strong as x
        union all
        select x.j, x.* from strong as x
    ),
    rings as materialized (
        select c.ring, c.player::integer as player, count(*) over (partition by c.ring) as members
        from (
            select private.connected(array_agg(x.i), array_agg(x.j), v_size) as component
            from strong as x
        ) as g
        cross join lateral unnest(g.component) with ordinality as c (ring, player)
        inner join (select distinct e.player from ends as e) as k on c.player = k.player
    ),
    -- A member is as sure as the best of its pairs.
    best as materialized (
        select distinct on (e.player)
            r.ring, r.members, e.player, e.weight, e.w_together, e.w_sync, e.w_stakes, e.w_ages,
            e.w_shared, e.w_friends, e.w_always, e.w_device, e.together, e.fewer, e.expected
        from ends as e
        inner join rings as r on e.player = r.player
        order by e.player, e.weight desc, e.i, e.j
    ),
    rounded as (
        select
            b.ring, b.members, sum(b.weight) * (b.members - 1) / b.members as weight,
            avg(b.w_together) as w_together, avg(b.w_sync) as w_sync,
            avg(b.w_stakes) as w_stakes, avg(b.w_ages) as w_ages, avg(b.w_shared) as w_shared,
            -- A table at which all sit down once is no more than that.
            greatest(-3, least(
                case when avg(b.together) >= 2 then 3 else 2.2 end, avg(b.w_friends)
            )) as w_close, avg(b.w_always) as w_always,
            avg(b.w_device) as w_device,
            avg(b.together) as together, avg(b.fewer) as fewer, avg(b.expected) as expected,
            count(*) filter (where s.is_capped) as capped, sum(s.tickets) as tickets,
            max(b.player) - min(b.player) as span
        from best as b
        inner join unnest(p_seats) as s on b.player = s.player
        group by b.ring, b.members
    ),
    judged as materialized (
        select
            r.*, c.w_cap,
            private.posterior(
                ln(0.02) - (r.members - 1) * ln(v_size) + r.weight
                + greatest(0, c.w_cap - r.w_stakes),
                -2 + r.w_close + greatest(c.w_cap, r.w_stakes) + r.w_always + least(0.5, r.w_ages)
                + r.w_device
            ) as score
        from rounded as r
        cross join lateral (
            select case when v_stakes then private.trait_weight(
                private.rate_evidence(
                    r.capped, r.members - r.capped, 0.9,
                    (0.6 + v_capped - r.capped) / (4.0 + v_watched - r.members)
                ), 0.6, 3
            ) else 0 end as w_cap
        ) as c
    )
    select b.player, k.kind, j.score, jsonb_build_object(
        'group', left(md5(p_pot_id::text || s.user_id::text || 'ring'), 8),
        'members', j.members,
        'players', v_size,
        'tickets', j.tickets,
        'members_at_cap', j.capped,
        'span', j.span,
        'pots_together', round(j.together, 1),
        'pots_of_the_rarer', round(j.fewer, 1),
        'pots_expected', round(j.expected::numeric, 1),
        'weights', jsonb_build_object(
            'played_together', round(j.w_together::numeric, 2),
            'synchronised_joins', round(j.w_sync::numeric, 2),
            'cap_splitting', round(j.w_cap::numeric, 2),
            'equal_stakes', round(j.w_stakes::numeric, 2),
            'new_accounts', round(j.w_ages::numeric, 2),
            'shared', round(j.w_shared::numeric, 2),
            'closer_than_friends', round(j.w_close::numeric, 2),
            'never_apart', round(j.w_always::numeric, 2)
        )
    )
    from judged as j
    inner join best as b on j.ring = b.ring
    inner join unnest(p_seats) as s on j.ring = s.player
    cross join lateral (
        values
        ('played_together', case when j.together > 0 then 1 else 0 end),
        ('cap_splitting', j.w_cap), ('synchronised_joins', j.w_sync)
    ) as k (kind, weight)
    where k.weight >= 1;
end $$;

comment on function private.judged_company(
    uuid, private.seat[], private.visit[], private.trait[], private.pair[]
) is
'The score of every group of players whose pairs keep each other''s company, for each member: one '
'row of played_together if they met before, and one for each trait that weighs 1 or more.';

revoke all on function private.judged_company(
    uuid, private.seat[], private.visit[], private.trait[], private.pair[]
)
from public, anon, authenticated, service_role;
