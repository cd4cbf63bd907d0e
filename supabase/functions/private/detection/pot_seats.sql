-- The players of a pot in order of their first entries. Of a large pot those are watched who share
-- something in it that few use, and who hold most: what follows is bounded by them.
create or replace function private.pot_seats(p_pot_id uuid)
returns setof private.seat
language plpgsql
stable
set search_path = ''
set plan_cache_mode = 'force_custom_plan'
set enable_nestloop = off
set jit = off
as $$
#variable_conflict use_column
declare
    c_watched constant integer := 1500;
    v_now timestamptz := private.now();
    v_size integer;
    v_user uuid[];
    v_entry uuid[];
    v_tickets bigint[];
    v_watched boolean[];
begin
    select
        count(*)::integer, array_agg(p.user_id), array_agg(p.entry_id), array_agg(p.tickets)
    into v_size, v_user, v_entry, v_tickets
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

    return query
    select
        w.player::integer, w.user_id, w.entry_id, w.tickets, w.is_watched, a.age,
        case when a.age is not null
            then (percent_rank() over (partition by a.age is null order by a.age))
        end,
        false
    from unnest(v_user, v_entry, v_tickets, v_watched) with ordinality as w (
        user_id, entry_id, tickets, is_watched, player
    )
    left join lateral (
        select extract(epoch from v_now - u.created_at)::double precision as age
        from auth.users as u
        where u.id = w.user_id
        limit 1
    ) as a on w.is_watched;
end $$;

comment on function private.pot_seats(uuid) is
'The players of a pot in order of their first entries; is_capped is not known yet.';

revoke all on function private.pot_seats(uuid)
from public, anon, authenticated, service_role;
