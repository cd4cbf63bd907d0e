-- Who in a locked pot looks like several accounts of one person, and why (docs/collusion.md).
--
-- Players are put into groups by what they share. Of each group the log odds that it is a ring, and
-- not a household, an office or a carrier, are a sum: what sharing such a thing with so many is
-- worth in itself, and the weight of each trait. Every trait is judged against the other players of
-- the same pot, so that what everybody does says nothing.
create or replace function private.suspicions(p_pot_id uuid)
returns table (
    user_id uuid, entry_id uuid, kind text, score double precision, evidence jsonb
)
language sql
stable
set search_path = ''
as $$
    with live as materialized (
        select
            e.id, e.user_id, e.seq, e.ticket_count, e.created_at, e.ip_hash, e.device_hash
        from public.pot_entries as e
        where e.pot_id = p_pot_id and e.cancelled_at is null
    ),
    players as materialized (
        select
            p.user_id, p.tickets, p.entry_id,
            row_number() over (order by p.first_seq) as place,
            count(*) over () as players,
            p.tickets >= 0.8 * t.max_per_user as is_at_cap,
            count(*) filter (where p.tickets >= 0.8 * t.max_per_user) over () as at_cap,
            t.max_per_user
        from (
            select
                l.user_id,
                sum(l.ticket_count) as tickets,
                min(l.seq) as first_seq,
                (array_agg(l.id order by l.seq))[1] as entry_id
            from live as l
            group by l.user_id
        ) as p
        cross join (
            select o.max_per_user from public.pots as o where o.id = p_pot_id
        ) as t
    ),
    memberships as (
        select distinct 'shared_device' as link, l.device_hash as thing, l.user_id
        from live as l
        where l.device_hash is not null
        union all
        select distinct 'shared_address', l.ip_hash, l.user_id
        from live as l
        where l.ip_hash is not null
    ),
    -- Only what is shared goes on: of a large pot that is little.
    shared as materialized (
        select m.link, m.thing, m.user_id, m.members
        from (
            select
                s.link, s.thing, s.user_id,
                count(*) over (partition by s.link, s.thing) as members
            from memberships as s
        ) as m
        where m.members > 1
    ),
    groups as materialized (
        select
            g.link, g.thing, g.members, g.players, g.at_cap, g.max_per_user,
            g.members_at_cap, g.span, g.near, g.tickets,
            -- How many accounts ever came from there, in up to 1000 entries.
            greatest(g.members, case g.link
                when 'shared_device' then (
                    select count(distinct h.user_id)
                    from (
                        select e.user_id
                        from public.pot_entries as e
                        where e.device_hash = g.thing
                        limit 1000
                    ) as h
                )
                else (
                    select count(distinct h.user_id)
                    from (
                        select e.user_id
                        from public.pot_entries as e
                        where e.ip_hash = g.thing
                        limit 1000
                    ) as h
                )
            end) as accounts
        from (
            select
                o.link, o.thing, o.members,
                max(o.players) as players,
                max(o.at_cap) as at_cap,
                max(o.max_per_user) as max_per_user,
                count(*) filter (where o.is_at_cap) as members_at_cap,
                max(o.place) - min(o.place) as span,
                count(*) filter (where o.gap <= 2) as near,
                sum(o.tickets) as tickets
            from (
                select
                    s.link, s.thing, s.members, p.place, p.players, p.at_cap, p.max_per_user,
                    p.is_at_cap, p.tickets,
                    p.place - lag(p.place) over (
                        partition by s.link, s.thing order by p.place
                    ) as gap
                from shared as s
                inner join players as p on s.user_id = p.user_id
            ) as o
            group by o.link, o.thing, o.members
        ) as g
    ),
    weighed as materialized (
        select
            g.*,
            case g.link
                when 'shared_device' then least(-0.5 + 1.5 * (g.members - 2), 4)
                else least(-1.6 + 0.9 * (g.members - 2), 0.9)
            end - ln(g.accounts::double precision / g.members) as w_link,
            private.trait_weight(
                case when g.max_per_user > 1 then
                    exp(
                        g.members_at_cap * ln(0.9 / c.usual)
                        + (g.members - g.members_at_cap) * ln(0.1 / (1 - c.usual))
                    )::double precision
                else 1 end,
                0.6, 2.5
            ) as w_cap,
            private.trait_weight(
                private.p_value_evidence(2 * least(
                    -- All of them within so few places; or so many right after each other.
                    least(1, g.members * f.part ^ (g.members - 1)
                        - (g.members - 1) * f.part ^ g.members),
                    private.chance_of_count(
                        g.near,
                        (g.members - 1)
                        * least(1, 2.0 * (g.members - 1) / greatest(1, g.players - 1))
                    )
                )),
                0.6, 3
            ) as w_sync
        from groups as g
        cross join lateral (
            select
                (0.6 + g.at_cap - g.members_at_cap)::double precision
                / (4 + g.players - g.members) as usual
        ) as c
        cross join lateral (
            select least(1, g.span::double precision / g.players) as part
        ) as f
    ),
    judged as materialized (
        select
            w.*,
            1 / (1 + exp(-(w.w_link + w.w_cap + w.w_sync))) as score,
            jsonb_build_object(
                'group', left(md5(p_pot_id::text || w.thing), 8),
                'members', w.members,
                'accounts_ever', w.accounts,
                'players', w.players,
                'tickets', w.tickets,
                'members_at_cap', w.members_at_cap,
                'span', w.span,
                'weights', jsonb_build_object(
                    w.link, round(w.w_link::numeric, 2),
                    'cap_splitting', round(w.w_cap::numeric, 2),
                    'synchronised_joins', round(w.w_sync::numeric, 2)
                )
            ) as evidence
        from weighed as w
    )
    select distinct on (s.user_id, k.kind)
        s.user_id, p.entry_id, k.kind, j.score, j.evidence
    from judged as j
    inner join shared as s on j.link = s.link and j.thing = s.thing
    inner join players as p on s.user_id = p.user_id
    cross join lateral (
        values (j.link, null), ('cap_splitting', j.w_cap), ('synchronised_joins', j.w_sync)
    ) as k (kind, weight)
    where j.score >= 0.5 and coalesce(k.weight >= 1, true)
    order by s.user_id, k.kind, j.score desc
$$;

comment on function private.suspicions(uuid) is
'Every suspicion about a player of the pot from 0.5 on: the kind, its score (the probability that '
'the player is one of several accounts of one person) and the numbers it comes from. Groups are '
'named by a label of this pot only.';

revoke all on function private.suspicions(uuid)
from public, anon, authenticated, service_role;
