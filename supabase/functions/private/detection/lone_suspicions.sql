-- What one account shows by itself (docs/collusion.md): it, or its device, was in a ring that two
-- people confirmed; it joins faster than a person.
create or replace function private.lone_suspicions(p_pot_id uuid)
returns table (
    user_id uuid, entry_id uuid, kind text, score double precision, evidence jsonb
)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
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
    ) as b
    where b.quick >= 20;
end $$;

comment on function private.lone_suspicions(uuid) is
'Suspicions about single players of the pot, from 0.5 on: confirmed_ring, velocity_burst.';

revoke all on function private.lone_suspicions(uuid)
from public, anon, authenticated, service_role;
