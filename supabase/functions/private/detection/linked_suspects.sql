-- Groups that are judged for what they share: everybody here on one device or address, and whoever
-- is connected through devices and addresses, also of earlier pots, where that is more.
create or replace function private.linked_suspects(
    p_pot_id uuid, p_seats private.seat[], p_traits private.trait[]
)
returns setof private.suspect
language plpgsql
stable
set search_path = ''
set plan_cache_mode = 'force_custom_plan'
set enable_nestloop = off
set jit = off
as $$
#variable_conflict use_column
declare
    v_component integer[];
begin
    select private.connected(
        array_agg(e.first_player), array_agg(e.player), cardinality(p_seats)
    )
    into v_component
    from (
        select t.player, min(t.player) over (partition by t.number) as first_player
        from unnest(p_traits) as t
        where t.ties
    ) as e;

    return query
    with bound as materialized (
        select c.component, c.player::integer as player
        from unnest(v_component) with ordinality as c (component, player)
    ),
    direct as materialized (
        select d.*
        from (
            select t.*, count(*) over (partition by t.number) as size
            from unnest(p_traits) as t
            where t.is_here
        ) as d
        where d.size > 1
    ),
    linked as (
        select b.component, b.player, count(*) over (partition by b.component) as size
        from bound as b
    ),
    largest as (
        select b.component, max(d.size) as size
        from direct as d
        inner join bound as b on d.player = b.player
        where d.ties
        group by b.component
    ),
    -- Where all of them are, if that is a place of many.
    places as (
        select p.component, max(p.accounts) as accounts
        from (
            select l.component, l.size, x.number, least(30, x.accounts) as accounts,
                count(*) as members
            from linked as l
            inner join unnest(p_traits) as x on l.player = x.player
            where x.link = 'shared_address' and not x.ties and x.is_here
            group by l.component, l.size, x.number, x.accounts
        ) as p
        where p.members = p.size
        group by p.component
    ),
    -- Whom a chain of devices could tie: whoever ever used them, those who are not here as many
    -- each as those who are, and of three devices and more whoever comes to their place. A public
    -- place has many machines, and of its guests few are here.
    bonds as (
        select
            t.component, max(t.accounts) as largest,
            greatest(
                (max(t.size) + sum(t.accounts - t.members) * max(t.size) / sum(t.members))::integer,
                case when count(*) > 2 then max(c.accounts) end
            ) as everybody,
            bool_or(t.link = 'shared_device') as devices,
            bool_or(t.link = 'shared_address') as addresses
        from (
            select
                b.component, x.number, x.link, x.accounts, count(*) as members,
                max(b.size) as size
            from unnest(p_traits) as x
            inner join linked as b on x.player = b.player
            where x.ties
            group by b.component, x.number, x.link, x.accounts
        ) as t
        left join places as c on t.component = c.component
        group by t.component
    )
    select
        d.number, d.link, d.label, d.accounts, d.link = 'shared_device',
        d.link = 'shared_device', d.player
    from direct as d
    union all
    -- Numbers below zero, where no trait's are.
    select
        -l.component, 'linked_accounts',
        left(md5(p_pot_id::text || s.user_id::text), 8),
        case when b.addresses then b.largest else b.everybody end, not b.addresses, b.devices,
        l.player
    from linked as l
    inner join bonds as b on l.component = b.component
    inner join unnest(p_seats) as s on l.component = s.player
    left join largest as g on l.component = g.component
    where l.size > 1 and l.size > coalesce(g.size, 0);
end $$;

comment on function private.linked_suspects(uuid, private.seat[], private.trait[]) is
'The members of every group of two or more that a shared device or address, or a chain of them, '
'ties together.';

revoke all on function private.linked_suspects(uuid, private.seat[], private.trait[])
from public, anon, authenticated, service_role;
