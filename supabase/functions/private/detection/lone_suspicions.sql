-- What one account shows by itself (docs/collusion.md): it, or its device, was in a ring that two
-- people confirmed; it joins faster than a person; it is last in draw 1 and wins too often, as one
-- who knows the seed would.
create or replace function private.lone_suspicions(p_pot_id uuid)
returns table (
    user_id uuid, entry_id uuid, kind text, score double precision, evidence jsonb
)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
declare
    v_pot public.pots;
    v_last record;
    v_late record;
begin
    select * into strict v_pot from public.pots as p where p.id = p_pot_id;

    -- Nobody was upheld yet: nothing to look up.
    if exists (select from private.flags as f where f.status = 'upheld') then
        return query
        with upheld as materialized (
            select f.user_id, count(*) as flags
            from private.flags as f
            where f.status = 'upheld'
            group by f.user_id
            order by max(f.reviewed_at) desc
            limit 1000
        ),
        devices as (
            select distinct u.user_id, u.flags, d.device_hash
            from upheld as u
            cross join lateral (
                select o.device_hash
                from public.pot_entries as o
                where o.user_id = u.user_id
                order by o.created_at desc, o.id desc
                limit 20
            ) as d
            where d.device_hash is not null
        )
        select distinct on (c.user_id)
            c.user_id, c.id, 'confirmed_ring', c.score,
            jsonb_build_object('flags_upheld', c.flags, 'by_device', c.by_device)
        from (
            select
                e.user_id, e.id, e.seq, u.flags, false as by_device, 0.95::double precision as score
            from public.pot_entries as e
            inner join upheld as u on e.user_id = u.user_id
            where e.pot_id = p_pot_id and e.cancelled_at is null
            union all
            select e.user_id, e.id, e.seq, d.flags, true, 0.8
            from public.pot_entries as e
            inner join devices as d on e.device_hash = d.device_hash and e.user_id <> d.user_id
            where e.pot_id = p_pot_id and e.cancelled_at is null
        ) as c
        order by c.user_id, c.score desc, c.seq;
    end if;

    -- Twenty joins, each within a second of the one before, are a program's.
    return query
    select
        b.user_id, b.first_entry, 'velocity_burst',
        private.posterior(0.25 * (b.quick - 20), null),
        jsonb_build_object('joins', b.joins, 'within_a_second', b.quick)
    from (
        select
            g.user_id, (array_agg(g.id order by g.seq))[1] as first_entry, count(*) as joins,
            count(*) filter (where g.gap < interval '1 second') as quick
        from (
            select
                e.user_id, e.id, e.seq,
                e.created_at - lag(e.created_at) over (
                    partition by e.user_id order by e.seq
                ) as gap
            from public.pot_entries as e
            where e.pot_id = p_pot_id and e.cancelled_at is null
        ) as g
        group by g.user_id
        having count(*) > 20
    ) as b
    where b.quick >= 20;

    if v_pot.draw_version = 1 then
        select e.user_id, e.id, e.ticket_count into v_last
        from public.pot_entries as e
        where e.pot_id = p_pot_id and e.cancelled_at is null
        order by e.seq desc
        limit 1;
        -- One who computes the count wins 9 times in 10; others win their share.
        select
            count(*) as pots, count(*) filter (where l.won) as wins, sum(l.share) as expected,
            ln(0.002) + sum(
                case when l.won then ln(0.9 / l.share) else ln(0.1 / (1 - l.share)) end
            ) as log_odds
        into v_late
        from (
            select
                p.winner_user_id = v_last.user_id as won,
                greatest(0.001, least(0.999, (
                    select sum(o.ticket_count)
                    from public.pot_entries as o
                    where o.pot_id = p.id and o.user_id = v_last.user_id
                        and o.first_ticket is not null
                )::double precision / p.total_tickets)) as share
            from (
                select e.pot_id, e.first_ticket + e.ticket_count as until
                from public.pot_entries as e
                where e.user_id = v_last.user_id and e.pot_id <> p_pot_id
                    and e.first_ticket is not null
                order by e.created_at desc, e.id desc
                limit 200
            ) as e
            inner join public.pots as p on e.pot_id = p.id
            where p.status = 'settled' and p.draw_version = 1 and e.until = p.total_tickets
        ) as l;
        if v_late.wins > 0 and private.posterior(v_late.log_odds, null) >= 0.5 then
            return query values (
                v_last.user_id, v_last.id, 'late_computed_join',
                private.posterior(v_late.log_odds, null),
                jsonb_build_object(
                    'pots_joined_last', v_late.pots, 'won', v_late.wins,
                    'expected', round(v_late.expected::numeric, 2),
                    'tickets', v_last.ticket_count
                )
            );
        end if;
    end if;
end $$;

comment on function private.lone_suspicions(uuid) is
'Suspicions about single players of the pot, from 0.5 on: confirmed_ring, velocity_burst, '
'late_computed_join.';

revoke all on function private.lone_suspicions(uuid)
from public, anon, authenticated, service_role;
