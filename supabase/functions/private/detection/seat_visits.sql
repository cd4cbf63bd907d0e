-- Entries of the watched players: of this pot, and up to 40 each (fewer in a large pot) of the
-- 2,000 pots before it.
create or replace function private.seat_visits(p_pot_id uuid, p_seats private.seat[])
returns setof private.visit
language plpgsql
stable
set search_path = ''
set plan_cache_mode = 'force_custom_plan'
set enable_nestloop = off
set jit = off
as $$
#variable_conflict use_column
declare
    c_pots constant integer := 2000;
    v_pot public.pots;
    v_size integer := cardinality(p_seats);
    -- Newest first.
    v_pots uuid[];
    v_occasions integer[];
    v_tickets bigint[];
    v_caps integer[];
    v_ages double precision[];
begin
    select * into strict v_pot from public.pots as p where p.id = p_pot_id;
    select
        array_agg(p.id order by p.number), array_agg(p.occasion order by p.number),
        array_agg(p.total_tickets order by p.number), array_agg(p.max_per_user order by p.number),
        array_agg(p.age order by p.number)
    into v_pots, v_occasions, v_tickets, v_caps, v_ages
    from (
        select
            o.id, o.total_tickets, o.max_per_user,
            private.occasion(o.created_at) as occasion,
            extract(epoch from v_pot.created_at - o.created_at)::double precision as age,
            row_number() over (order by o.created_at desc, o.id desc) as number
        from public.pots as o
        where o.created_at <= v_pot.created_at and o.id <> p_pot_id and o.total_tickets > 0
        order by o.created_at desc, o.id desc
        limit c_pots
    ) as p;

    return query
    with seats as materialized (
        select
            s.player, s.user_id, s.tickets,
            case when s.age is null then cardinality(v_ages)
                else width_bucket(s.age, v_ages)
            end as pots_since
        from unnest(p_seats) as s
        where s.is_watched
    ),
    occasions as (
        select o.occasion, count(*)::double precision as pots
        from unnest(v_occasions) as o (occasion)
        group by o.occasion
    ),
    played as materialized (
        select
            s.player, s.pots_since, n.pot, n.id, n.occasion, n.tickets, n.cap,
            e.first_ticket, e.ticket_count, e.device_hash, e.ip_hash
        from seats as s
        cross join lateral (
            select o.*
            from public.pot_entries as o
            where o.user_id = s.user_id and o.pot_id <> p_pot_id
            order by o.created_at desc, o.id desc
            limit greatest(8, least(40, 12000 / v_size))
        ) as e
        inner join unnest(v_pots, v_occasions, v_tickets, v_caps) with ordinality as n (
            id, occasion, tickets, cap, pot
        ) on e.pot_id = n.id
        where e.first_ticket is not null
    ),
    crowds as (
        select d.pot, greatest(2, sum(t.participants))::double precision as players
        from (select distinct p.pot, p.id from played as p) as d
        inner join private.pot_stripes as t on d.id = t.pot_id
        group by d.pot
    )
    select
        p.player, p.pot::integer, c.players, p.occasion, o.pots, p.pots_since,
        p.first_ticket::double precision / p.tickets,
        (p.first_ticket + p.ticket_count)::double precision / p.tickets,
        private.stake_class(sum(p.ticket_count) over (partition by p.player, p.pot), p.cap),
        p.device_hash, p.ip_hash,
        sum(p.ticket_count) over (partition by p.player, p.pot), p.cap
    from played as p
    inner join crowds as c on p.pot = c.pot
    inner join occasions as o on p.occasion = o.occasion
    union all
    select
        s.player, 0, v_size::double precision, private.occasion(v_pot.created_at), 1, s.pots_since,
        (s.player - 1)::double precision / v_size, s.player::double precision / v_size,
        private.stake_class(s.tickets, v_pot.max_per_user),
        e.device_hash, e.ip_hash, s.tickets, v_pot.max_per_user
    from seats as s
    inner join public.pot_entries as e on s.user_id = e.user_id
    where e.pot_id = p_pot_id and e.cancelled_at is null;
end $$;

comment on function private.seat_visits(uuid, private.seat[]) is
'Entries of the watched players in this pot (0) and in earlier ones (from 1, the newest, on).';

revoke all on function private.seat_visits(uuid, private.seat[])
from public, anon, authenticated, service_role;
