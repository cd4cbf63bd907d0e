-- Devices and addresses that two or more of the watched players were seen with: here, in earlier
-- pots, or through a third account that is not here. Labels are of this pot only: no hash leaves.
create or replace function private.shared_traits(
    p_pot_id uuid, p_seats private.seat[], p_visits private.visit[]
)
returns setof private.trait
language plpgsql
stable
set search_path = ''
set plan_cache_mode = 'force_custom_plan'
set enable_nestloop = off
set jit = off
as $$
#variable_conflict use_column
declare
    -- Third accounts are looked up in pots of up to this many players.
    c_with_thirds constant integer := 300;
    v_size integer := cardinality(p_seats);
begin
    return query
    with seen as materialized (
        select v.player, k.link, k.thing, bool_or(v.pot = 0) as is_here, count(*) as times
        from unnest(p_visits) as v
        cross join lateral (
            values ('shared_device', v.device), ('shared_address', v.address)
        ) as k (link, thing)
        where k.thing is not null
        group by v.player, k.link, k.thing
    ),
    thirds as materialized (
        select s.player, x.user_id
        from seen as s
        cross join lateral (
            select t.user_id, count(*) over () as accounts
            from (
                select distinct c.user_id
                from (
                    select e.user_id
                    from public.pot_entries as e
                    where e.device_hash = s.thing
                    limit 50
                ) as c
            ) as t
        ) as x
        where v_size <= c_with_thirds
            -- Who shares but an address with somebody does not share the devices of that one.
            and s.link = 'shared_device'
            and x.accounts <= 6
            and not exists (
                select from unnest(p_seats) as o where o.user_id = x.user_id
            )
    ),
    through as (
        select o.player, k.link, k.thing, false as is_here, count(*) as times
        from thirds as o
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
            -- An address that most of one's entries do not come from ties nobody: who roams shares
            -- each with strangers.
            a.link = 'shared_device' or sum(a.times) * 2 >= (
                sum(sum(a.times)) over (partition by a.player, a.link)
            ) as ties
        from (select * from seen union all select * from through) as a
        group by a.link, a.thing, a.player
    ),
    things as materialized (
        select
            t.link, t.thing, (row_number() over (order by t.link, t.thing))::integer as number,
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
            end)::integer as accounts
        from (
            select m.link, m.thing, count(*) as players
            from members as m
            group by m.link, m.thing
            having count(*) > 1
        ) as t
    )
    select
        t.number, t.link, left(md5(p_pot_id::text || t.thing), 8), t.accounts, m.player,
        m.is_here,
        -- What hundreds use ties nobody.
        m.ties and t.accounts <= case t.link when 'shared_device' then 50 else 12 end
    from things as t
    inner join members as m on t.link = m.link and t.thing = m.thing;
end $$;

comment on function private.shared_traits(uuid, private.seat[], private.visit[]) is
'Who of the watched players shares which device or address with others of them, now or earlier, '
'also through accounts that are not in the pot.';

revoke all on function private.shared_traits(uuid, private.seat[], private.visit[])
from public, anon, authenticated, service_role;
