-- What was suspected of these players together in earlier pots (docs/collusion.md): accounts that
-- were probably one person a pot ago probably still are, whatever this pot shows of them. Of one
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
            and f.score >= 0.5
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
    select
        p.user_id, p.entry_id, 'earlier_suspicion', p.score,
        jsonb_build_object(
            'group', left(md5(p_pot_id::text || (
                min(p.user_id::text) over (partition by p.component)
            ) || 'earlier'), 8),
            'members', p.members,
            'earlier_pots', p.pots,
            'earlier_score', p.score
        )
    from (
        select
            k.user_id, k.component, e.entry_id,
            count(*) over (partition by k.component) as members,
            f.pots, f.score
        from (
            select distinct g.user_id, v_component[g.player] as component
            from unnest(v_user, v_player) as g (user_id, player)
        ) as k
        cross join lateral (
            select (array_agg(n.id order by n.seq))[1] as entry_id
            from public.pot_entries as n
            where n.pot_id = p_pot_id and n.user_id = k.user_id and n.cancelled_at is null
        ) as e
        cross join lateral (
            select count(distinct n.pot_id) as pots, max(n.score)::double precision as score
            from private.flags as n
            where n.user_id = k.user_id
                and n.pot_id <> p_pot_id
                and n.created_at > private.now() - make_interval(days => c_days)
                and n.status <> 'cleared'
                and n.kind <> 'earlier_suspicion'
                and n.evidence ? 'group'
        ) as f
    ) as p
    where p.members > 1;
end $$;

comment on function private.earlier_suspicions(uuid) is
'Suspicions about players of the pot of whom two or more were suspected as one group in pots of '
'the last 90 days: the highest score since anybody cleared them, until they are cleared.';

revoke all on function private.earlier_suspicions(uuid)
from public, anon, authenticated, service_role;
