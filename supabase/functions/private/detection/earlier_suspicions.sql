-- What was suspected of these players together in earlier pots (docs/collusion.md): accounts that
-- were probably one person a pot ago probably still are, whatever this pot shows of them. The pots
-- in which they met are weighed together: who was odd once and then never is forgotten. Of one
-- account alone that says nothing: two of a group must be here.
create or replace function private.earlier_suspicions(p_pot_id uuid)
returns table (
    user_id uuid, entry_id uuid, kind text, score double precision, evidence jsonb
)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
declare
    c_days constant integer := 90;
    c_entries constant integer := 40;
    c_from constant double precision := 0.5;
    -- Log odds of a ring before anything is seen of it, and of a pot that showed nothing over that.
    c_prior constant double precision := -3;
    c_unseen constant double precision := 1;
    v_user uuid[];
    v_player integer[];
    v_group integer[];
    v_component integer[];
begin
    -- Nobody is told from a remembered suspicion alone that it was one: only what a pot itself
    -- showed is carried on, so that a belief ends c_days after there was last a reason for it. A
    -- person who cleared a player since then knew better.
    select
        array_agg(g.user_id), array_agg(g.player::integer), array_agg(g.number::integer)
    into v_user, v_player, v_group
    from (
        select
            f.user_id,
            dense_rank() over (order by f.user_id) as player,
            dense_rank() over (order by f.pot_id, f.evidence ->> 'group') as number
        from private.flags as f
        inner join (
            select distinct e.user_id
            from public.pot_entries as e
            where e.pot_id = p_pot_id and e.cancelled_at is null
        ) as e on f.user_id = e.user_id
        where f.pot_id <> p_pot_id
            and f.created_at > private.now() - make_interval(days => c_days)
            and f.status <> 'cleared'
            and f.score >= c_from
            and f.kind <> 'earlier_suspicion'
            and f.evidence ? 'group'
            and not exists (
                select
                from private.flags as c
                where c.user_id = f.user_id
                    and c.status = 'cleared'
                    and c.reviewed_at > f.created_at
            )
        group by f.user_id, f.pot_id, f.evidence ->> 'group'
    ) as g;
    if v_user is null then
        return;
    end if;

    -- Whoever was in one group with somebody, and that one with a third, is in one with both.
    select private.connected(array_agg(m.first_player), array_agg(m.player), max(m.player))
    into v_component
    from (
        select g.player, min(g.player) over (partition by g.number) as first_player
        from unnest(v_player, v_group) as g (player, number)
    ) as m;
    return query
    with members as materialized (
        select distinct g.user_id, v_component[g.player] as component
        from unnest(v_user, v_player) as g (user_id, player)
    ),
    sightings as (
        select m.component, f.pot_id, max(f.score)::double precision as score
        from members as m
        inner join private.flags as f on m.user_id = f.user_id
        where f.pot_id <> p_pot_id
            and f.created_at > private.now() - make_interval(days => c_days)
            and f.status <> 'cleared'
            and f.kind <> 'earlier_suspicion'
            and f.evidence ? 'group'
        group by m.component, f.pot_id
    ),
    meetings as (
        select m.component, e.pot_id
        from members as m
        cross join lateral (
            select o.pot_id
            from public.pot_entries as o
            where o.user_id = m.user_id and o.pot_id <> p_pot_id and o.first_ticket is not null
                and o.created_at > private.now() - make_interval(days => c_days)
            order by o.created_at desc, o.id desc
            limit c_entries
        ) as e
        group by m.component, e.pot_id
        having count(distinct m.user_id) > 1
    ),
    -- What each pot they met in showed, over what is usual; one that showed too little to be noted
    -- counts as c_unseen. n of them count as n / (1 + (n - 1) / 2), Kish's design effect, and never
    -- for more than the highest: they show the same habits again and again.
    sums as (
        select
            coalesce(m.component, s.component) as component,
            count(*) as pots, count(s.score) as suspected, max(s.score) as highest,
            -- least() leaves nulls out.
            sum(case
                when s.score is null then c_unseen
                else ln(least(0.999, s.score) / (1 - least(0.999, s.score))) - c_prior
            end) / (1 + 0.5 * (count(*) - 1)) as weight
        from meetings as m
        full join sightings as s on m.component = s.component and m.pot_id = s.pot_id
        group by coalesce(m.component, s.component)
    )
    select
        p.user_id, p.entry_id, 'earlier_suspicion', p.score,
        jsonb_build_object(
            'group', left(md5(p_pot_id::text || (
                min(p.user_id::text) over (partition by p.component)
            ) || 'earlier'), 8),
            'members', p.members,
            'earlier_pots', p.pots,
            'earlier_suspected', p.suspected,
            'earlier_score', round(p.highest::numeric, 3)
        )
    from (
        select
            k.user_id, k.component, e.entry_id,
            count(*) over (partition by k.component) as members,
            s.pots, s.suspected, s.highest,
            least(
                s.highest, private.posterior((c_prior + s.weight)::double precision, null)
            ) as score
        from members as k
        inner join sums as s on k.component = s.component
        cross join lateral (
            select (array_agg(n.id order by n.seq))[1] as entry_id
            from public.pot_entries as n
            where n.pot_id = p_pot_id and n.user_id = k.user_id and n.cancelled_at is null
        ) as e
    ) as p
    where p.members > 1 and p.score >= c_from;
end $$;

comment on function private.earlier_suspicions(uuid) is
'Suspicions about players of the pot of whom two or more were suspected as one group in pots of '
'the last 90 days: what all their pots together showed since anybody cleared them.';

revoke all on function private.earlier_suspicions(uuid)
from public, anon, authenticated, service_role;
