-- Who is linked with whom in a pot, through addresses and devices that more than one account used.
-- Components are joined by union-find: a recursive query would visit each pair of a large one.
create or replace function private.case_clusters(
    p_pot_id uuid, p_max_nodes integer, out clusters jsonb, out truncated boolean
)
language plpgsql
stable
set search_path = ''
as $$
declare
    v_accounts integer[];
    v_kinds text[];
    v_places integer[];
    v_entries integer[];
    v_addresses integer;
    v_parent integer[];
    v_roots integer[];
    v_one integer;
    v_other integer;
begin
    with entry as materialized (
        select * from private.case_labels(p_pot_id)
    ),
    edge as (
        select 'address' as kind, e.address as place, e.account, count(*) as entries
        from entry as e
        where e.address is not null
        group by e.address, e.account
        union all
        select 'device', e.device, e.account, count(*)
        from entry as e
        where e.device is not null
        group by e.device, e.account
    ),
    shared as (
        select s.kind, s.place, s.account, s.entries
        from (
            select e.*, count(*) over (partition by e.kind, e.place) as accounts
            from edge as e
        ) as s
        where s.accounts > 1
    )
    select
        array_agg(s.account), array_agg(s.kind), array_agg(s.place), array_agg(s.entries),
        max(s.place) filter (where s.kind = 'address')
    into v_accounts, v_kinds, v_places, v_entries, v_addresses
    from shared as s;

    -- Nodes: addresses from 1, then devices; an account links those that it used.
    v_addresses := coalesce(v_addresses, 0);
    v_parent := array(
        select g from generate_series(
            1, v_addresses + coalesce((select max(p) from unnest(v_places) as p), 0)
        ) as g
    );
    declare
        v_first integer[] := array_fill(
            0, array[coalesce((select max(a) from unnest(v_accounts) as a), 0)]
        );
    begin
        for v_i in 1..coalesce(cardinality(v_accounts), 0) loop
            v_one := v_places[v_i] + case v_kinds[v_i] when 'device' then v_addresses else 0 end;
            while v_parent[v_one] <> v_one loop
                v_parent[v_one] := v_parent[v_parent[v_one]];
                v_one := v_parent[v_one];
            end loop;
            v_other := v_first[v_accounts[v_i]];
            if v_other = 0 then
                v_first[v_accounts[v_i]] := v_one;
                continue;
            end if;
            while v_parent[v_other] <> v_other loop
                v_parent[v_other] := v_parent[v_parent[v_other]];
                v_other := v_parent[v_other];
            end loop;
            v_parent[greatest(v_one, v_other)] := least(v_one, v_other);
        end loop;
        for v_i in 1..coalesce(cardinality(v_accounts), 0) loop
            v_one := v_first[v_accounts[v_i]];
            while v_parent[v_one] <> v_one loop
                v_one := v_parent[v_one];
            end loop;
            v_roots[v_i] := v_one;
        end loop;
    end;

    with edge as materialized (
        select e.*
        from unnest(v_accounts, v_kinds, v_places, v_entries, v_roots)
            as e (account, kind, place, entries, root)
    ),
    member as materialized (
        select distinct e.account, e.root
        from edge as e
    ),
    account as materialized (
        select
            m.account, m.root, e.user_id,
            count(*) as entries,
            sum(e.ticket_count) as tickets
        from private.case_labels(p_pot_id) as l
        inner join member as m on l.account = m.account
        inner join private.entries_ever as e on l.entry_id = e.id
        group by m.account, m.root, e.user_id
    ),
    component as materialized (
        select
            p.root, a.accounts, p.addresses, p.devices, a.tickets,
            row_number() over (order by a.accounts desc, a.tickets desc, p.root) as number
        from (
            select
                e.root,
                count(distinct e.place) filter (where e.kind = 'address') as addresses,
                count(distinct e.place) filter (where e.kind = 'device') as devices
            from edge as e
            group by e.root
        ) as p
        inner join (
            select o.root, count(*) as accounts, sum(o.tickets) as tickets
            from account as o
            group by o.root
        ) as a on p.root = a.root
    ),
    node as materialized (
        select n.*, c.number as component
        from (
            select 'account' as kind, e.account as number, e.root, count(*) as degree
            from edge as e
            group by e.account, e.root
            union all
            select e.kind, e.place, e.root, count(*)
            from edge as e
            group by e.kind, e.place, e.root
        ) as n
        inner join component as c on n.root = c.root
    ),
    kept as materialized (
        select *
        from node as n
        order by n.component, n.degree desc, n.kind, n.number
        limit p_max_nodes
    )
    select
        jsonb_build_object(
            'components', coalesce((
                select jsonb_agg(
                    jsonb_build_object(
                        'component', c.number,
                        'accounts', c.accounts,
                        'addresses', c.addresses,
                        'devices', c.devices,
                        'tickets', c.tickets
                    )
                    order by c.number
                )
                from component as c
                where c.number <= p_max_nodes
            ), '[]'),
            'nodes', coalesce((
                select jsonb_agg(
                    jsonb_strip_nulls(jsonb_build_object(
                        'id', format('%s-%s', k.kind, k.number),
                        'kind', k.kind,
                        'component', k.component,
                        'degree', k.degree,
                        'user_id', a.user_id,
                        'entries', a.entries,
                        'tickets', a.tickets
                    ))
                    order by k.component, k.kind, k.number
                )
                from kept as k
                left join account as a on k.kind = 'account' and k.number = a.account
            ), '[]'),
            'edges', coalesce((
                select jsonb_agg(
                    jsonb_build_object(
                        'from', format('account-%s', e.account),
                        'to', format('%s-%s', e.kind, e.place),
                        'entries', e.entries
                    )
                    order by e.root, e.account, e.kind, e.place
                )
                from edge as e
                inner join kept as f on f.kind = 'account' and e.account = f.number
                inner join kept as t on e.kind = t.kind and e.place = t.number
            ), '[]')
        ),
        (select count(*) from node) > p_max_nodes
    into clusters, truncated;
end $$;

comment on function private.case_clusters(uuid, integer, out jsonb, out boolean) is
'The pot''s accounts that are linked through shared addresses and devices, as a graph to draw: '
'{components: [{component, accounts, addresses, devices, tickets}], nodes: [{id, kind, component, '
'degree, …}], edges: [{from, to, entries}]}, largest component first, at most p_max_nodes nodes '
'and components; truncated when there are more.';

revoke all on function private.case_clusters(uuid, integer, out jsonb, out boolean)
from public, anon, authenticated, service_role;
