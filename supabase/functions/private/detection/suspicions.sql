-- Who in a locked pot looks like several accounts of one person, and why. Formulas, weights and the
-- reasons for them: docs/collusion.md, in the same order.
--
-- Log odds in nats. Every trait is judged against the other players of the same pots, so that what
-- everybody does says nothing, and is limited, so that no trait alone decides. What grows faster
-- than the number of entries is bounded: history is read of c_watched players, pairs are compared
-- among neighbours once a pot is large.
create or replace function private.suspicions(p_pot_id uuid)
returns table (
    user_id uuid, entry_id uuid, kind text, score double precision, evidence jsonb
)
language plpgsql
stable
set search_path = ''
set plan_cache_mode = 'force_custom_plan'
set enable_nestloop = off
set jit = off
as $$
declare
    c_watched constant integer := 1500;
    c_all_pairs constant integer := 150;
    v_pot public.pots;
    v_now timestamptz := private.now();
    -- Players, in order of their first entry.
    v_size integer;
    v_user uuid[];
    v_entry uuid[];
    v_tickets bigint[];
    v_capped boolean[];
    v_watched boolean[];
    v_age double precision[];
    v_sample double precision[];
    -- Their earlier entries: whose, in which pot (1 is the newest), where in it, from where.
    v_pots uuid[];
    v_pot_tickets bigint[];
    v_pot_caps integer[];
    v_pot_players double precision[];
    v_h_player integer[];
    v_h_pot integer[];
    v_h_start double precision[];
    v_h_end double precision[];
    v_h_capped boolean[];
    v_h_device text[];
    v_h_address text[];
    -- What is shared: kind, accounts ever, label; and who shares it (here: in this pot).
    v_t_link text[];
    v_t_label text[];
    v_t_accounts integer[];
    v_m_thing integer[];
    v_m_player integer[];
    v_m_here boolean[];
    v_m_ties boolean[];
    v_component integer[];
    -- Groups that are judged, and their members.
    v_g_link text[];
    v_g_label text[];
    v_g_accounts integer[];
    v_g_is_devices boolean[];
    v_g_has_devices boolean[];
    v_gm_group integer[];
    v_gm_player integer[];
    -- Pairs that are compared: pots together, expected by chance, and how closely they followed.
    v_i integer[];
    v_j integer[];
    v_together integer[];
    v_fewer integer[];
    v_expected double precision[];
    v_nearness double precision[];
    v_near_strangers double precision[];
    v_near_friends double precision[];
    v_crowding double precision;
begin
    select * into strict v_pot from public.pots as p where p.id = p_pot_id;

    -- ------------------------------------------------------------------------------------- players
    select
        count(*)::integer, array_agg(p.user_id), array_agg(p.entry_id), array_agg(p.tickets),
        array_agg(v_pot.max_per_user > 1 and p.tickets >= 0.8 * v_pot.max_per_user)
    into v_size, v_user, v_entry, v_tickets, v_capped
    from (
        select
            e.user_id,
            sum(e.ticket_count) as tickets,
            min(e.seq) as first_seq,
            (array_agg(e.id order by e.seq))[1] as entry_id
        from public.pot_entries as e
        where e.pot_id = p_pot_id and e.cancelled_at is null
        group by e.user_id
        order by first_seq
    ) as p;
    if v_size < 2 then
        return;
    end if;

    -- Of a large pot those are watched who share something in it, and who hold most.
    if v_size <= c_watched then
        v_watched := array_fill(true, array[v_size]);
    else
        select array_agg(w.rank <= c_watched order by w.player) into v_watched
        from (
            select
                p.player,
                row_number() over (order by s.player is null, p.tickets desc, p.player) as rank
            from unnest(v_tickets) with ordinality as p (tickets, player)
            left join (
                select distinct u.player
                from (
                    select e.user_id
                    from (
                        select o.device_hash
                        from public.pot_entries as o
                        where o.pot_id = p_pot_id and o.device_hash is not null
                        group by o.device_hash
                        having count(*) between 2 and 200
                    ) as t
                    inner join public.pot_entries as e
                        on e.pot_id = p_pot_id and t.device_hash = e.device_hash
                    union all
                    select e.user_id
                    from (
                        select o.ip_hash
                        from public.pot_entries as o
                        where o.pot_id = p_pot_id and o.ip_hash is not null
                        group by o.ip_hash
                        having count(*) between 2 and 50
                    ) as t
                    inner join public.pot_entries as e
                        on e.pot_id = p_pot_id and t.ip_hash = e.ip_hash
                ) as t
                inner join unnest(v_user) with ordinality as u (user_id, player)
                    on t.user_id = u.user_id
            ) as s on p.player = s.player
        ) as w;
    end if;
    select array_agg(
        extract(epoch from v_now - a.created_at)::double precision order by w.player
    )
    into v_age
    from unnest(v_watched) with ordinality as w (is_watched, player)
    left join lateral (
        select u.created_at from auth.users as u where u.id = v_user[w.player] limit 1
    ) as a on w.is_watched;

    select array_agg(a.age order by a.age) into v_sample
    from (
        select v_age[x.player] as age
        from generate_series(1, v_size, 1 + v_size / 201) as x (player)
        where v_age[x.player] is not null
    ) as a;

    -- ------------------------------------------------------------------------------------- history
    select
        array_agg(p.id order by p.number),
        array_agg(p.total_tickets order by p.number),
        array_agg(p.max_per_user order by p.number)
    into v_pots, v_pot_tickets, v_pot_caps
    from (
        select
            o.id, o.total_tickets, o.max_per_user,
            row_number() over (order by o.created_at desc, o.id desc) as number
        from public.pots as o
        where o.created_at <= v_pot.created_at and o.id <> p_pot_id and o.total_tickets > 0
        order by o.created_at desc, o.id desc
        limit 2000
    ) as p;
    select
        array_agg(h.player), array_agg(h.pot), array_agg(h.start), array_agg(h.until),
        array_agg(h.capped), array_agg(h.device_hash), array_agg(h.ip_hash)
    into
        v_h_player, v_h_pot, v_h_start, v_h_end, v_h_capped, v_h_device, v_h_address
    from (
        select
            w.player::integer, n.pot::integer,
            e.first_ticket::double precision / n.tickets as start,
            (e.first_ticket + e.ticket_count)::double precision / n.tickets as until,
            n.cap > 1 and sum(e.ticket_count) over (
                partition by w.player, n.pot
            ) >= 0.8 * n.cap as capped,
            e.device_hash, e.ip_hash
        from unnest(v_watched) with ordinality as w (is_watched, player)
        cross join lateral (
            select o.*
            from public.pot_entries as o
            where w.is_watched and o.user_id = v_user[w.player] and o.pot_id <> p_pot_id
            order by o.created_at desc, o.id desc
            limit greatest(8, least(40, 12000 / v_size))
        ) as e
        inner join unnest(v_pots, v_pot_tickets, v_pot_caps) with ordinality as n (
            id, tickets, cap, pot
        ) on e.pot_id = n.id
        where e.first_ticket is not null
    ) as h;
    select array_agg(c.players order by n.pot) into v_pot_players
    from unnest(v_pots) with ordinality as n (id, pot)
    left join (
        select d.pot, s.players
        from (select distinct u.pot from unnest(v_h_pot) as u (pot)) as d
        cross join lateral (
            select greatest(2, sum(t.participants))::double precision as players
            from private.pot_stripes as t
            where t.pot_id = v_pots[d.pot]
        ) as s
    ) as c on n.pot = c.pot;

    -- Who is at the cap is who is so most of the time.
    select array_agg(coalesce(h.habit, c.is_capped) order by c.player) into v_capped
    from unnest(v_capped) with ordinality as c (is_capped, player)
    left join (
        select
            v.player,
            (count(*) filter (where v.capped) + v_capped[v.player]::integer)
            >= 0.7 * (count(*) + 1) as habit
        from (
            select h.player, h.pot, bool_or(h.capped) as capped
            from unnest(v_h_player, v_h_pot, v_h_capped) as h (player, pot, capped)
            group by h.player, h.pot
        ) as v
        group by v.player
    ) as h on c.player = h.player;

    -- -------------------------------------------------------------------------------- shared things
    with seen as materialized (
        select u.player::integer as player, k.link, k.thing, true as is_here, count(*) as times
        from public.pot_entries as e
        inner join unnest(v_user) with ordinality as u (user_id, player) on e.user_id = u.user_id
        cross join lateral (
            values ('shared_device', e.device_hash), ('shared_address', e.ip_hash)
        ) as k (link, thing)
        where e.pot_id = p_pot_id and v_watched[u.player] and k.thing is not null
        group by u.player, k.link, k.thing
        union all
        select h.player, k.link, k.thing, false, count(*)
        from unnest(v_h_player, v_h_device, v_h_address) as h (player, device, address)
        cross join lateral (
            values ('shared_device', h.device), ('shared_address', h.address)
        ) as k (link, thing)
        where k.thing is not null
        group by h.player, k.link, k.thing
    ),
    -- A third account that is not in this pot, and what it was seen with.
    through as (
        select o.player, k.link, k.thing, false as is_here, count(*) as times
        from (
            select s.player, x.user_id
            from (
                select distinct d.player, d.link, d.thing
                from seen as d
                where d.is_here or d.link = 'shared_device'
            ) as s
            cross join lateral (
                select t.user_id, count(*) over () as accounts
                from (
                    select distinct c.user_id
                    from (
                        select e.user_id
                        from public.pot_entries as e
                        where s.link = 'shared_device' and e.device_hash = s.thing
                        limit 50
                    ) as c
                    union
                    select distinct c.user_id
                    from (
                        select e.user_id
                        from public.pot_entries as e
                        where s.link = 'shared_address' and e.ip_hash = s.thing
                        limit 50
                    ) as c
                ) as t
            ) as x
            where v_size <= 2 * c_all_pairs and x.accounts <= 6 and x.user_id <> all (v_user)
        ) as o
        cross join lateral (
            select e.device_hash, e.ip_hash
            from public.pot_entries as e
            where e.user_id = o.user_id
            order by e.created_at desc, e.id desc
            limit 10
        ) as e
        cross join lateral (
            values ('shared_device', e.device_hash), ('shared_address', e.ip_hash)
        ) as k (link, thing)
        where k.thing is not null
        group by o.player, k.link, k.thing
    ),
    members as materialized (
        select
            a.link, a.thing, a.player, bool_or(a.is_here) as is_here,
            a.link = 'shared_device' or sum(a.times) * 2 >= (
                sum(sum(a.times)) over (partition by a.player, a.link)
            ) as ties
        from (select * from seen union all select * from through) as a
        group by a.link, a.thing, a.player
    ),
    things as materialized (
        select
            t.link, t.thing, row_number() over (order by t.link, t.thing) as number,
            -- In up to 1000 entries.
            greatest(t.players, case t.link
                when 'shared_device' then (
                    select count(distinct h.user_id)
                    from (
                        select e.user_id
                        from public.pot_entries as e
                        where e.device_hash = t.thing
                        limit 1000
                    ) as h
                )
                else (
                    select count(distinct h.user_id)
                    from (
                        select e.user_id
                        from public.pot_entries as e
                        where e.ip_hash = t.thing
                        limit 1000
                    ) as h
                )
            end) as accounts
        from (
            select m.link, m.thing, count(*) as players
            from members as m
            group by m.link, m.thing
            having count(*) > 1
        ) as t
    )
    select
        (select array_agg(t.link order by t.number) from things as t),
        (select array_agg(left(md5(p_pot_id::text || t.thing), 8) order by t.number)
            from things as t),
        (select array_agg(t.accounts::integer order by t.number) from things as t),
        array_agg(t.number::integer order by t.number, m.player),
        array_agg(m.player order by t.number, m.player),
        array_agg(m.is_here order by t.number, m.player),
        array_agg(m.ties order by t.number, m.player)
    into v_t_link, v_t_label, v_t_accounts, v_m_thing, v_m_player, v_m_here, v_m_ties
    from things as t
    inner join members as m on t.link = m.link and t.thing = m.thing;

    -- Nobody is tied by what hundreds use, nor by an address that most of one's entries do not come
    -- from: who roams shares each with strangers.
    select private.connected(array_agg(e.first_player), array_agg(e.player), v_size)
    into v_component
    from (
        select m.player, min(m.player) over (partition by m.thing) as first_player
        from unnest(v_m_thing, v_m_player, v_m_ties) as m (thing, player, ties)
        where m.ties and v_t_accounts[m.thing] <= case v_t_link[m.thing]
            when 'shared_device' then 50 else 12
        end
    ) as e;

    -- -------------------------------------------------------------------------------------- groups
    with direct as (
        select m.thing, m.player, count(*) over (partition by m.thing) as size
        from unnest(v_m_thing, v_m_player, v_m_here) as m (thing, player, is_here)
        where m.is_here
    ),
    linked as (
        select c.component, c.player, count(*) over (partition by c.component) as size
        from unnest(v_component) with ordinality as c (component, player)
        where v_watched[c.player]
    ),
    largest as (
        select l.component, max(d.size) as size
        from linked as l
        inner join direct as d on l.player = d.player
        where v_t_accounts[d.thing]
            <= case v_t_link[d.thing] when 'shared_device' then 50 else 12 end
        group by l.component
    ),
    groups as materialized (
        select
            d.thing as thing, null::bigint as component, d.player::bigint as player
        from direct as d
        where d.size > 1
        union all
        select null, l.component, l.player
        from linked as l
        left join largest as g on l.component = g.component
        where l.size > 1 and l.size > coalesce(g.size, 0)
    ),
    numbered as materialized (
        select g.*, dense_rank() over (order by g.thing, g.component) as number
        from groups as g
    ),
    heads as (
        select distinct n.number, n.thing, n.component from numbered as n
    ),
    bonds as (
        select
            v_component[m.player] as component,
            max(v_t_accounts[m.thing]) as accounts,
            bool_or(v_t_link[m.thing] = 'shared_device') as devices,
            bool_or(v_t_link[m.thing] = 'shared_address') as addresses
        from unnest(v_m_thing, v_m_player, v_m_ties) as m (thing, player, ties)
        where m.ties and v_t_accounts[m.thing] <= case v_t_link[m.thing]
            when 'shared_device' then 50 else 12
        end
        group by v_component[m.player]
    )
    select
        (select array_agg(coalesce(v_t_link[h.thing], 'linked_accounts') order by h.number)
            from heads as h),
        (select array_agg(
            coalesce(v_t_label[h.thing], left(md5(p_pot_id::text || v_user[h.component]), 8))
            order by h.number
        ) from heads as h),
        (select array_agg(coalesce(v_t_accounts[h.thing], b.accounts) order by h.number)
            from heads as h left join bonds as b on h.component = b.component),
        (select array_agg(
            coalesce(v_t_link[h.thing] = 'shared_device', not b.addresses) order by h.number
        ) from heads as h left join bonds as b on h.component = b.component),
        (select array_agg(
            coalesce(v_t_link[h.thing] = 'shared_device', b.devices) order by h.number
        ) from heads as h left join bonds as b on h.component = b.component),
        array_agg(n.number::integer order by n.number, n.player),
        array_agg(n.player::integer order by n.number, n.player)
    into
        v_g_link, v_g_label, v_g_accounts, v_g_is_devices, v_g_has_devices, v_gm_group, v_gm_player
    from numbered as n;

    -- --------------------------------------------------------------------------------------- pairs
    with small as materialized (
        select g.number, g.player
        from (
            select m.number, m.player, count(*) over (partition by m.number) as members
            from unnest(v_gm_group, v_gm_player) as m (number, player)
        ) as g
        where g.members <= 30
    ),
    candidates as materialized (
        select a.player::integer as i, b.player::integer as j
        from generate_series(1, v_size) as a (player)
        cross join lateral generate_series(
            a.player + 1,
            case when v_size <= c_all_pairs then v_size else least(v_size, a.player + 5) end
        ) as b (player)
        where v_watched[a.player] and v_watched[b.player]
        union
        select a.player, b.player
        from small as a
        inner join small as b on a.number = b.number and a.player < b.player
        union
        select a.player, b.player
        from (
            select c.player::integer
            from unnest(v_capped) with ordinality as c (is_capped, player)
            where c.is_capped and v_watched[c.player] and v_size > c_all_pairs
            limit c_all_pairs
        ) as a
        inner join (
            select c.player::integer
            from unnest(v_capped) with ordinality as c (is_capped, player)
            where c.is_capped and v_watched[c.player] and v_size > c_all_pairs
            limit c_all_pairs
        ) as b on a.player < b.player
    ),
    visits as materialized (
        select h.player, h.pot, min(h.start) as start, min(h.until) as until
        from unnest(v_h_player, v_h_pot, v_h_start, v_h_end) as h (player, pot, start, until)
        group by h.player, h.pot
    ),
    since as materialized (
        select v.player, max(v.pot) as pots, count(*) as visits from visits as v group by v.player
    ),
    -- By itself, or visits would be joined with visits, which is quadratic in the players of a pot.
    halves as materialized (
        select c.i, c.j, v.pot, v.start, v.until
        from candidates as c
        inner join visits as v on c.i = v.player
    ),
    crowds as materialized (
        select
            c.pot, c.players,
            private.closeness(1, c.players, 1) as strangers_1,
            private.closeness(2, c.players, 1) as strangers_2,
            private.closeness(3, c.players, 1) as strangers_3,
            private.closeness(1, c.players, 0.3) as friends_1,
            private.closeness(2, c.players, 0.3) as friends_2,
            private.closeness(3, c.players, 0.3) as friends_3
        from unnest(v_pot_players) with ordinality as c (players, pot)
        where c.players is not null
    ),
    met as materialized (
        select
            a.i, a.j, count(*) as together,
            -- The chance that two strangers come as close as that in a pot.
            sum(-ln(least(1, 2 * (g.between + 1 / z.players)))) as nearness,
            sum(case
                when g.between < 1e-9 then z.strangers_1
                when g.between <= 1.5 / z.players then z.strangers_2
                else z.strangers_3
            end) as near_strangers,
            sum(case
                when g.between < 1e-9 then z.friends_1
                when g.between <= 1.5 / z.players then z.friends_2
                else z.friends_3
            end) as near_friends
        from halves as a
        inner join visits as b on a.j = b.player and a.pot = b.pot
        cross join lateral (
            select greatest(0, greatest(a.start, b.start) - least(a.until, b.until)) as between
        ) as g
        inner join crowds as z on a.pot = z.pot
        group by a.i, a.j
    ),
    sizes as (
        select greatest(1, count(*) * sum(s.players ^ 2) / sum(s.players) ^ 2) as spread
        from (
            select distinct v.pot, v_pot_players[v.pot] as players from visits as v
        ) as s
    )
    select
        array_agg(c.i order by c.i, c.j), array_agg(c.j order by c.i, c.j),
        array_agg(coalesce(m.together, 0)::integer order by c.i, c.j),
        array_agg(coalesce(w.fewer, 0)::integer order by c.i, c.j),
        array_agg(coalesce(w.expected, 0)::double precision order by c.i, c.j),
        array_agg(coalesce(m.nearness, 0)::double precision order by c.i, c.j),
        array_agg(coalesce(m.near_strangers, 0)::double precision order by c.i, c.j),
        array_agg(coalesce(m.near_friends, 0)::double precision order by c.i, c.j),
        greatest(1, percentile_cont(0.5) within group (
            order by (coalesce(m.together, 0) + 1) / (coalesce(w.expected, 0) + 1)
        ))
    into v_i, v_j, v_together, v_fewer, v_expected, v_nearness, v_near_strangers,
        v_near_friends, v_crowding
    from candidates as c
    left join met as m on c.i = m.i and c.j = m.j
    left join since as a on c.i = a.player
    left join since as b on c.j = b.player
    cross join sizes as s
    -- Both can only have met since both are here.
    cross join lateral (
        select
            least(a.visits, b.visits) as fewer,
            least(
                a.visits::double precision / a.pots * b.visits / b.pots
                * least(a.pots, b.pots) * s.spread,
                least(a.visits, b.visits)
            ) as expected
    ) as w;

    -- ------------------------------------------------------------------------------------- weights
    return query
    with totals as (
        select count(*) filter (where c.is_capped) as capped
        from unnest(v_capped) as c (is_capped)
    ),
    members as materialized (
        select
            m.number, m.player,
            count(*) over (partition by m.number) as members,
            v_capped[m.player] as is_capped,
            v_age[m.player] as age,
            m.player - lag(m.player) over (partition by m.number order by m.player) as gap
        from unnest(v_gm_group, v_gm_player) as m (number, player)
    ),
    shapes as (
        select
            m.number, m.members,
            count(*) filter (where m.is_capped) as capped,
            max(m.player) - min(m.player) as span,
            count(*) filter (where m.gap <= 2) as near,
            sum(v_tickets[m.player]) as tickets
        from members as m
        group by m.number, m.members
    ),
    met as (
        select
            a.number,
            avg(p.together) as together, avg(p.fewer) as fewer,
            avg(p.expected) * v_crowding as expected, avg(p.nearness) as nearness
        from unnest(v_i, v_j, v_together, v_fewer, v_expected, v_nearness) as p (
            i, j, together, fewer, expected, nearness
        )
        inner join members as a on p.i = a.player
        inner join members as b on p.j = b.player and a.number = b.number
        group by a.number
    ),
    -- Of the others, so many are no older than twice that: a ring's own youth is no measure.
    youth as (
        select
            y.number,
            exp(avg(ln(
                (0.5 + greatest(0, y.as_young - y.own)) / (0.5 + y.ages - y.own_ages)
            ))) as part
        from (
            select
                m.number,
                width_bucket(2 * m.age, v_sample) as as_young,
                cardinality(v_sample) as ages,
                case when v_size <= 200 then (
                    select count(*) from unnest(m.ages) as x (age) where x.age <= 2 * m.age
                ) else 0 end as own,
                case when v_size <= 200 then cardinality(array_remove(m.ages, null)) else 0 end
                    as own_ages
            from (
                select n.number, n.age, array_agg(n.age) over (partition by n.number) as ages
                from members as n
                where n.members <= 200
            ) as m
            where m.age is not null
        ) as y
        group by y.number
    ),
    -- How often an entry came from a device, or an address, that its player had not used before.
    turns as materialized (
        select
            e.player,
            count(e.device) - 1 as device_turns, count(distinct e.device) - 1 as new_devices,
            count(e.address) - 1 as address_turns, count(distinct e.address) - 1 as new_addresses,
            min(e.here_address) as here_address
        from (
            select h.player, h.device, h.address, null as here_address
            from unnest(v_h_player, v_h_device, v_h_address) as h (player, device, address)
            union all
            select u.player::integer, o.device_hash, o.ip_hash, o.ip_hash
            from public.pot_entries as o
            inner join unnest(v_user) with ordinality as u (user_id, player)
                on o.user_id = u.user_id
            where o.pot_id = p_pot_id and v_watched[u.player]
        ) as e
        group by e.player
    ),
    usual_turns as (
        select
            (0.5 + sum(greatest(0, t.new_devices))) / (5 + sum(greatest(0, t.device_turns)))
                as devices,
            (1.5 + sum(greatest(0, t.new_addresses))) / (5 + sum(greatest(0, t.address_turns)))
                as addresses
        from turns as t
        where t.player not in (select m.player from members as m)
    ),
    churn as (
        select
            m.number,
            sum(greatest(0, t.device_turns)) as device_turns,
            sum(greatest(0, t.new_devices)) as new_devices,
            sum(greatest(0, t.address_turns)) as address_turns,
            sum(greatest(0, t.new_addresses)) as new_addresses,
            count(distinct t.here_address) as here_addresses
        from members as m
        inner join turns as t on m.player = t.player
        group by m.number
    ),
    weighed as materialized (
        select
            s.*, g.link, g.label, g.accounts, m.together, m.fewer, m.expected,
            c.new_devices, c.device_turns, c.new_addresses, c.address_turns,
            case
                when g.is_devices then least(-0.5 + 1.5 * (s.members - 2), 4)
                when not g.has_devices
                    then least(-1.6 + 0.8 * (s.members - 2), 0)
                    - 0.3 * ln(greatest(8, s.members) / 8.0)
                    - case g.link when 'linked_accounts' then 1 else 0 end
                else least(-1.2 + 0.8 * (s.members - 2), 1.5)
            end::double precision
            - case
                when g.is_devices then greatest(0, ln(greatest(g.accounts, 20) / greatest(20.0, s.members)))
                else ln(greatest(g.accounts, s.members) / s.members::double precision)
            end
            -- A family's tablet is at the family's address.
            + case
                when g.link <> 'shared_device' or c.here_addresses = 0 then 0
                when c.here_addresses >= s.members then ln(0.5 / 0.15)
                else ln(0.5 / 0.85)
            end as w_link,
            case when v_pot.max_per_user = 1 then 0 else private.trait_weight(
                private.rate_evidence(s.capped, s.members - s.capped, 0.9, u.usual), 0.6, 2.5
            ) end as w_cap,
            private.trait_weight(
                private.p_value_evidence(3 * least(
                    -- All of them within so few places; so many right after each other; and before.
                    private.chance_of_span(s.members, f.part),
                    private.chance_of_count(
                        s.near,
                        (s.members - 1) * least(1, 2.0 * (s.members - 1) / (v_size - 1))
                    ),
                    private.chance_of_sum(coalesce(m.nearness, 0)::double precision,
                        coalesce(m.together, 0)::double precision)
                )),
                0.6, 3.5
            ) as w_sync,
            case when coalesce(m.fewer, 0) < 2 then 0 else private.trait_weight(
                private.count_evidence(
                    m.together::double precision, 0.9 * m.fewer::double precision, m.expected
                ),
                0.6, 3
            ) end as w_together,
            case when y.part is null then 0 else private.trait_weight(
                private.p_value_evidence(y.part::double precision), 0.5, 1.5
            ) end as w_new,
            case when g.is_devices then 0 else private.trait_weight(
                private.rate_evidence(
                    c.new_devices::double precision,
                    (c.device_turns - c.new_devices)::double precision, 0.8,
                    coalesce(r.devices, 0.1)::double precision
                ),
                0.4, 3
            ) end as w_churn
        from shapes as s
        inner join unnest(
            v_g_link, v_g_label, v_g_accounts, v_g_is_devices, v_g_has_devices
        ) with ordinality as g (
            link, label, accounts, is_devices, has_devices, number
        ) on s.number = g.number
        left join met as m on s.number = m.number
        left join youth as y on s.number = y.number
        left join churn as c on s.number = c.number
        cross join usual_turns as r
        cross join lateral (
            select
                (0.6 + t.capped - s.capped)::double precision
                / (4 + v_size - s.members) as usual
            from totals as t
        ) as u
        cross join lateral (
            select s.span::double precision / v_size as part
        ) as f
    ),
    judged as materialized (
        select
            w.*,
            private.posterior(
                w.w_link + w.w_cap + w.w_sync + w.w_together + w.w_new + w.w_churn, null
            ) as score
        from weighed as w
    ),
    -- ----------------------------------------------------- rings with nothing in common but behaviour
    edges as materialized (
        select
            p.i, p.j, p.together, p.fewer, p.expected,
            p.friends + private.closeness(p.j - p.i, v_size, 0.3) as w_close,
            private.trait_weight(
                private.count_evidence(p.together, 0.9 * p.fewer, p.expected), 0.8, 10
            ) as w_together,
            private.trait_weight(
                exp(greatest(-27.6, least(27.6,
                    p.strangers + private.closeness(p.j - p.i, v_size, 1)
                ))),
                0.7, 10
            ) as w_sync,
            case
                when p.fewer < 4 then 0
                when p.together >= 0.9 * p.fewer then ln(0.8 / 0.3)
                else ln(0.2 / 0.7)
            end as w_always,
            case when v_capped[p.i] and v_capped[p.j] then ln(0.9 / u.usual) else 0 end as w_both
        from (
            select
                q.i, q.j, q.together, q.fewer, q.expected * v_crowding as expected,
                q.strangers, q.friends
            from unnest(
                v_i, v_j, v_together, v_fewer, v_expected, v_near_strangers, v_near_friends
            ) as q (i, j, together, fewer, expected, strangers, friends)
            where q.together > 0 or q.j - q.i <= 2
        ) as p
        cross join lateral (
            select
                (0.6 + t.capped - v_capped[p.i]::integer - v_capped[p.j]::integer)
                / (2.0 + v_size) as usual
            from totals as t
        ) as u
    ),
    -- Above ln n an edge is more than the best of n strangers; below, the graph would grow together.
    strong as materialized (
        select e.*, e.w_together + e.w_sync as weight
        from edges as e
        where e.w_together + e.w_sync + e.w_both >= ln(v_size) + 0.5
    ),
    ends as materialized (
        select x.i as player, x.weight, x.w_together, x.w_sync from strong as x
        union all
        select x.j, x.weight, x.w_together, x.w_sync from strong as x
    ),
    rings as materialized (
        select c.ring, c.player, count(*) over (partition by c.ring) as members
        from (
            select private.connected(array_agg(x.i), array_agg(x.j), v_size) as component
            from strong as x
        ) as g
        cross join lateral unnest(g.component) with ordinality as c (ring, player)
        inner join (select distinct e.player from ends as e) as k on c.player = k.player
    ),
    best as (
        select
            r.ring, r.player, r.members, max(x.weight) as weight,
            max(x.w_together) as w_together, max(x.w_sync) as w_sync
        from rings as r
        inner join ends as x on r.player = x.player
        group by r.ring, r.player, r.members
    ),
    rounded as (
        select
            b.ring, b.members, sum(b.weight) * (b.members - 1) / b.members as weight,
            avg(b.w_together) as w_together, avg(b.w_sync) as w_sync,
            count(*) filter (where v_capped[b.player]) as capped,
            sum(v_tickets[b.player]) as tickets,
            max(b.player) - min(b.player) as span
        from best as b
        group by b.ring, b.members
    ),
    bound as (
        select
            r.ring, avg(x.w_close) as w_close, avg(x.w_always) as w_always,
            avg(x.together) as together, avg(x.fewer) as fewer, avg(x.expected) as expected
        from strong as x
        inner join rings as r on x.i = r.player
        group by r.ring
    ),
    behaved as materialized (
        select
            r.*, b.together, b.fewer, b.expected, b.w_always,
            greatest(-3, least(3, b.w_close)) as w_close,
            c.w_cap,
            private.posterior(
                ln(0.02) - (r.members - 1) * ln(v_size) + r.weight + c.w_cap,
                -1 + greatest(-3, least(3, b.w_close)) + c.w_cap + b.w_always
            ) as score
        from rounded as r
        inner join bound as b on r.ring = b.ring
        cross join totals as t
        cross join lateral (
            select case when v_pot.max_per_user = 1 then 0 else private.trait_weight(
                private.rate_evidence(
                    r.capped, r.members - r.capped, 0.9,
                    (0.6 + t.capped - r.capped)::double precision / (4 + v_size - r.members)
                ),
                0.6, 1.5 * r.members
            ) end as w_cap
        ) as c
    ),
    found as (
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
                'synchronised_joins', round(j.w_sync::numeric, 2),
                'played_together', round(j.w_together::numeric, 2),
                'new_accounts', round(j.w_new::numeric, 2),
                'churned_devices', round(j.w_churn::numeric, 2)
            )
        ) as evidence
        from judged as j
        inner join members as m on j.number = m.number
        cross join lateral (
            values
            (j.link, null), ('cap_splitting', j.w_cap), ('synchronised_joins', j.w_sync),
            ('played_together', j.w_together), ('churned_devices', j.w_churn)
        ) as k (kind, weight)
        where j.score >= 0.5 and coalesce(k.weight >= 1, true)
        union all
        select r.player, k.kind, b.score, jsonb_build_object(
            'group', left(md5(p_pot_id::text || v_user[b.ring] || 'ring'), 8),
            'members', b.members,
            'players', v_size,
            'tickets', b.tickets,
            'members_at_cap', b.capped,
            'span', b.span,
            'pots_together', round(b.together, 1),
            'pots_of_the_rarer', round(b.fewer, 1),
            'pots_expected', round(b.expected::numeric, 1),
            'weights', jsonb_build_object(
                'played_together', round(b.w_together::numeric, 2),
                'synchronised_joins', round(b.w_sync::numeric, 2),
                'cap_splitting', round(b.w_cap::numeric, 2),
                'closer_than_friends', round(b.w_close::numeric, 2),
                'never_apart', round(b.w_always::numeric, 2)
            )
        )
        from behaved as b
        inner join rings as r on b.ring = r.ring
        cross join lateral (
            values
            ('played_together', case when b.together > 0 then 1 else 0 end),
            ('cap_splitting', b.w_cap), ('synchronised_joins', b.w_sync)
        ) as k (kind, weight)
        where b.score >= 0.5 and k.weight >= 1
    )
    select distinct on (f.player, f.kind)
        v_user[f.player], v_entry[f.player], f.kind, f.score, f.evidence
    from found as f
    order by f.player, f.kind, f.score desc, f.evidence ->> 'group';
end $$;

comment on function private.suspicions(uuid) is
'Every suspicion about a player of the pot from 0.5 on: the kind, its score (the probability that '
'the player is one of several accounts of one person) and the numbers it comes from. Groups are '
'named by a label of this pot only.';

revoke all on function private.suspicions(uuid)
from public, anon, authenticated, service_role;
