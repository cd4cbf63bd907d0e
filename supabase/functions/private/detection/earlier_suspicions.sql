-- What was suspected of these players together in earlier pots (docs/collusion.md): accounts that
-- were probably one person a pot ago probably still are, whatever this pot shows of them. The pots
-- in which they met are weighed together: who was odd once and then never is forgotten. One who is
-- here without the others splits no cap and shares no luck: that is a kind of its own, which holds
-- nothing.
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
    c_from constant double precision := 0.4;
    c_carried constant double precision := 0.5;
    -- From here on a group ties its members beyond the pots they are in, and each alone.
    c_sure constant double precision := 0.8;
    c_not_carried constant text[] := array['earlier_suspicion', 'known_member'];
    -- Log odds of a ring before anything is seen of it, and of a pot that showed nothing over that.
    c_prior constant double precision := -3;
    c_unseen constant double precision := 1;
    v_user uuid[];
    v_player integer[];
    v_group integer[];
    v_here boolean[];
    v_pot uuid[];
    v_score double precision[];
    v_component integer[];
begin
    -- Nobody is told from a remembered suspicion alone that it was one: only what a pot itself
    -- showed is carried on, so that a belief ends c_days after there was last a reason for it. A
    -- person who cleared a player since then knew better.
    -- Members of a group that was nearly sure are known also when they are not here: two who were
    -- each in a group with a third belong together, whether it came or not.
    with here as materialized (
        select distinct e.user_id
        from public.pot_entries as e
        where e.pot_id = p_pot_id and e.cancelled_at is null
    ),
    mine as materialized (
        select
            f.user_id, f.pot_id, f.evidence ->> 'group' as label,
            max(f.score) as score, max(f.created_at) as seen_at
        from private.flags as f
        inner join here as h on f.user_id = h.user_id
        where f.pot_id <> p_pot_id
            and f.created_at > private.now() - make_interval(hours => 24 * c_days)
            and f.status <> 'cleared'
            and f.score >= c_carried
            and f.kind <> all (c_not_carried)
            and f.evidence ? 'group'
        group by f.user_id, f.pot_id, f.evidence ->> 'group'
    ),
    known as (
        select m.user_id, m.pot_id, m.label, m.score, m.seen_at, true as is_here
        from mine as m
        union all
        select f.user_id, f.pot_id, g.label, max(f.score), max(f.created_at), false
        from (
            select distinct m.pot_id, m.label from mine as m where m.score >= c_sure
        ) as g
        inner join private.flags as f
            on g.pot_id = f.pot_id and f.evidence ->> 'group' = g.label
        where f.status <> 'cleared'
            and f.kind <> all (c_not_carried)
            and not exists (select from here as h where h.user_id = f.user_id)
        group by f.user_id, f.pot_id, g.label
    )
    select
        array_agg(g.user_id), array_agg(g.player::integer), array_agg(g.number::integer),
        array_agg(g.is_here), array_agg(g.pot_id), array_agg(g.score)
    into v_user, v_player, v_group, v_here, v_pot, v_score
    from (
        select
            k.user_id, k.is_here, k.pot_id, k.score,
            dense_rank() over (order by k.user_id) as player,
            dense_rank() over (order by k.pot_id, k.label) as number
        from known as k
        where not exists (
            select
            from private.flags as c
            where c.user_id = k.user_id
                and c.status = 'cleared'
                and c.reviewed_at > k.seen_at
        )
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
        from unnest(v_user, v_player, v_here) as g (user_id, player, is_here)
        where g.is_here
    ),
    sightings as (
        select g.user_id, g.pot_id, max(g.score) as score
        from unnest(v_user, v_pot, v_score, v_here) as g (user_id, pot_id, score, is_here)
        where g.is_here
        group by g.user_id, g.pot_id
    ),
    meetings as (
        select p.user_id, p.pot_id
        from (
            select
                m.user_id, e.pot_id, count(*) over (partition by m.component, e.pot_id) as members
            from members as m
            cross join lateral (
                select distinct n.pot_id
                from (
                    select o.pot_id
                    from public.pot_entries as o
                    where o.user_id = m.user_id
                        and o.pot_id <> p_pot_id
                        and o.first_ticket is not null
                        and o.created_at > private.now() - make_interval(hours => 24 * c_days)
                    order by o.created_at desc, o.id desc
                    limit c_entries
                ) as n
            ) as e
        ) as p
        where p.members > 1
    ),
    -- What each pot they met in showed, over what is usual; one that showed too little to be noted
    -- counts as c_unseen. n of them count as n / (1 + (n - 1) / 2), Kish's design effect, and never
    -- for more than the highest: they show the same habits again and again.
    sums as (
        select
            coalesce(m.user_id, s.user_id) as user_id,
            count(*) as pots, count(s.score) as suspected, max(s.score) as highest,
            -- least() leaves nulls out.
            sum(case
                when s.score is null then c_unseen
                else ln(least(0.999, s.score) / (1 - least(0.999, s.score))) - c_prior
            end) / (1 + 0.5 * (count(*) - 1)) as weight
        from meetings as m
        full join sightings as s on m.user_id = s.user_id and m.pot_id = s.pot_id
        group by coalesce(m.user_id, s.user_id)
    )
    select
        p.user_id, p.entry_id,
        case when p.members > 1 then 'earlier_suspicion' else 'known_member' end, p.score,
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
        inner join sums as s on k.user_id = s.user_id
        cross join lateral (
            select (array_agg(n.id order by n.seq))[1] as entry_id
            from public.pot_entries as n
            where n.pot_id = p_pot_id and n.user_id = k.user_id and n.cancelled_at is null
        ) as e
    ) as p
    where p.score >= case when p.members > 1 then c_from else c_sure end;
end $$;

comment on function private.earlier_suspicions(uuid) is
'Suspicions about players of the pot who were suspected as one group in pots of the last 90 days: '
'earlier_suspicion where two or more of them are here, known_member where one is. The score is '
'what the pots that the account met them in together showed since anybody cleared it.';

revoke all on function private.earlier_suspicions(uuid)
from public, anon, authenticated, service_role;
