-- Who knows the seed of draw 1 computes when to join last, and with how many tickets
-- (docs/fairness.md). Of somebody who was last by chance the winner is as likely as its tickets; of
-- one who computed it wins 9 times in 10. A ring takes turns, so the same is asked of the last to
-- join together with those here who keep its company: whose company is no matter of who won, so
-- that choice favours nobody.
create or replace function private.computed_joins(p_pot_id uuid)
returns table (
    user_id uuid, entry_id uuid, kind text, score double precision, evidence jsonb
)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
declare
    c_from constant double precision := 0.5;
    -- Of a larger pot only the last one itself is asked about.
    c_with_company constant integer := 300;
    c_pots constant integer := 40;
    c_company constant integer := 7;
    v_pot public.pots;
    v_last record;
    v_company uuid[];
    v_found record;
begin
    select * into strict v_pot from public.pots as p where p.id = p_pot_id;
    if v_pot.draw_version <> 1 then
        return;
    end if;
    select e.user_id, e.ticket_count into v_last
    from public.pot_entries as e
    where e.pot_id = p_pot_id and e.cancelled_at is null
    order by e.seq desc
    limit 1;

    if (private.pot_totals(p_pot_id)).participants <= c_with_company then
        with players as materialized (
            select distinct e.user_id
            from public.pot_entries as e
            where e.pot_id = p_pot_id and e.cancelled_at is null
        ),
        played as materialized (
            select p.user_id, e.pot_id
            from players as p
            cross join lateral (
                select o.pot_id
                from public.pot_entries as o
                where o.user_id = p.user_id
                    and o.pot_id <> p_pot_id
                    and o.first_ticket is not null
                order by o.created_at desc, o.id desc
                limit c_pots
            ) as e
            group by p.user_id, e.pot_id
        ),
        company as (
            select
                p.user_id, count(*) as pots,
                count(*) filter (where exists (
                    select from played as o
                    where o.pot_id = p.pot_id and o.user_id = v_last.user_id
                )) as together
            from played as p
            where p.user_id <> v_last.user_id
            group by p.user_id
        )
        select array_agg(c.user_id) into v_company
        from (
            select o.user_id
            from company as o
            cross join (
                select count(*) as pots from played as p where p.user_id = v_last.user_id
            ) as l
            where o.together >= 3 and o.together >= 0.5 * least(o.pots, l.pots)
            order by o.together::double precision / least(o.pots, l.pots) desc, o.together desc,
                o.user_id
            limit c_company
        ) as c;
    end if;

    select g.* into v_found
    from (
        select
            m.members, count(*) as pots, count(*) filter (where l.won) as wins,
            sum(l.share) as expected,
            private.posterior(ln(0.002) + sum(
                case when l.won then ln(0.9 / l.share) else ln(0.1 / (1 - l.share)) end
            ), null) as score
        from (
            select array[v_last.user_id] as members
            union all
            select v_last.user_id || v_company where v_company is not null
        ) as m
        cross join lateral (
            select
                p.winner_user_id = any (m.members) as won,
                greatest(0.001, least(0.999, (
                    select sum(o.ticket_count)
                    from public.pot_entries as o
                    where o.pot_id = p.id
                        and o.user_id = any (m.members)
                        and o.first_ticket is not null
                )::double precision / p.total_tickets)) as share
            from unnest(m.members) as u (user_id)
            cross join lateral (
                select o.pot_id, o.first_ticket + o.ticket_count as until
                from public.pot_entries as o
                where o.user_id = u.user_id
                    and o.pot_id <> p_pot_id
                    and o.first_ticket is not null
                order by o.created_at desc, o.id desc
                limit 200
            ) as e
            inner join public.pots as p on e.pot_id = p.id
            where p.status = 'settled'
                and p.draw_version = 1
                and e.until = p.total_tickets
                -- A person who cleared whoever was last, or won, since then knew better.
                and not exists (
                    select
                    from private.flags as c
                    where c.user_id = any (m.members)
                        and c.user_id in (u.user_id, p.winner_user_id)
                        and c.kind = 'late_computed_join'
                        and c.status = 'cleared'
                        and c.reviewed_at > p.settled_at
                )
        ) as l
        group by m.members
    ) as g
    where g.wins > 0 and g.score >= c_from
    order by g.score desc, cardinality(g.members)
    limit 1;

    return query
    select
        e.user_id, (array_agg(e.id order by e.seq))[1], 'late_computed_join', v_found.score,
        jsonb_build_object(
            'pots_joined_last', v_found.pots, 'won', v_found.wins,
            'expected', round(v_found.expected::numeric, 2),
            'tickets', v_last.ticket_count
        ) || case
            when cardinality(v_found.members) = 1 then '{}'::jsonb
            else jsonb_build_object(
                'group', left(md5(p_pot_id::text || v_last.user_id::text || 'late'), 8),
                'members', cardinality(v_found.members)
            )
        end
    from public.pot_entries as e
    where e.pot_id = p_pot_id
        and e.cancelled_at is null
        and e.user_id = any (v_found.members)
    group by e.user_id;
end $$;

comment on function private.computed_joins(uuid) is
'Suspicions late_computed_join, from 0.5 on, about the last to join a pot of draw 1 and who keeps '
'its company there, by what nobody cleared them of since.';

revoke all on function private.computed_joins(uuid)
from public, anon, authenticated, service_role;
