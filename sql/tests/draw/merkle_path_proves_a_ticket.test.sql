-- The path of any ticket leads from its leaf to the root, and the sums of its left siblings are
-- the leaf's first ticket (contract, section 5). Every ticket of every tree of 1 to 17 leaves is
-- tried.

begin;
set local search_path = extensions, public;
select plan(12);

create temporary table leaves on commit drop as
select
    size,
    format('00000000-0000-4000-8000-%s', lpad(size::text, 12, '0'))::uuid as tree_id,
    at,
    private.merkle_leaf(
        'pots', '00112233-4455-6677-8899-aabbccddeeff', at % 4 + 1, sha256(int4send(at))
    ) as leaf,
    at % 4 + 1 as ticket_count,
    sum(at % 4 + 1) over (partition by size order by at) - (at % 4 + 1) as first_ticket
from generate_series(1, 17) as size, generate_series(1, size) as at;

create temporary table trees on commit drop as
select
    size,
    tree_id,
    sum(ticket_count) as tickets,
    private.store_merkle_tree(tree_id, string_agg(leaf, ''::bytea order by at)) as root
from leaves
group by size, tree_id;

-- What a verifier does with a path: fold it onto the leaf.
create function pg_temp.fold(p_leaf bytea, p_path jsonb)
returns bytea
language plpgsql
as $$
declare
    v_node bytea := p_leaf;
    v_sum bigint := ('x' || encode(substring(p_leaf from 1 for 8), 'hex'))::bit(64)::bigint;
    v_step jsonb;
    v_sibling bytea;
begin
    for v_step in select value from jsonb_array_elements(p_path) with ordinality order by ordinality
    loop
        v_sibling := int8send((v_step ->> 'sum')::bigint) || decode(v_step ->> 'hash', 'hex');
        v_sum := v_sum + (v_step ->> 'sum')::bigint;
        v_node := int8send(v_sum) || sha256('\x01'::bytea || case v_step ->> 'side'
            when 'left' then v_sibling || v_node
            when 'right' then v_node || v_sibling
        end);
    end loop;
    return v_node;
end
$$;

create temporary table paths on commit drop as
select
    leaf.size,
    leaf.leaf,
    leaf.first_ticket,
    tree.root,
    ticket,
    private.merkle_path(leaf.tree_id, ticket) as path
from leaves as leaf
inner join trees as tree using (size)
cross join lateral generate_series(
    leaf.first_ticket, leaf.first_ticket + leaf.ticket_count - 1
) as tickets (ticket);

select is(count(*), (select sum(tickets) from trees)::bigint, 'every ticket of every tree')
from paths;
select is_empty(
    'select size, ticket from paths where pg_temp.fold(leaf, path) is distinct from root',
    'every path leads from the leaf to the root, sum and hash'
);
select is_empty(
    $$
        select size, ticket from paths
        where first_ticket <> (
            select coalesce(sum((step ->> 'sum')::bigint), 0)
            from jsonb_array_elements(path) as step
            where step ->> 'side' = 'left'
        )
    $$,
    'the left siblings sum to the first ticket'
);
select is_empty(
    'select size, ticket from paths where jsonb_array_length(path) > ceil(log(2, size))',
    'no path is longer than the logarithm of the leaves'
);
select is_empty(
    $$
        select size, step
        from paths, jsonb_array_elements(path) as step
        where (select array_agg(key order by key) from jsonb_object_keys(step) as key)
            is distinct from array['hash', 'side', 'sum']
            or step ->> 'hash' !~ '^[0-9a-f]{64}$'
            or jsonb_typeof(step -> 'sum') <> 'number'
    $$,
    'a step is side, sum and hash'
);

-- A wrong leaf, or the right one at another place, does not lead to the root.
select is_empty(
    $$
        select path.size, path.ticket
        from paths as path
        inner join leaves as other
            on other.size = path.size and other.leaf <> path.leaf
        where pg_temp.fold(other.leaf, path.path) = path.root
    $$,
    'no other leaf follows the path'
);

select is(private.merkle_path(tree_id, 0), '[]'::jsonb, 'one leaf needs no siblings')
from trees
where size = 1;
select is(private.merkle_path(tree_id, -1), null, 'no leaf covers -1') from trees where size = 17;
select is(private.merkle_path(tree_id, tickets), null, 'no leaf covers the total')
from trees
where size = 17;
select is(
    private.merkle_path(tree_id, 9223372036854775807), null, 'nor anything beyond'
)
from trees
where size = 17;
select is(private.merkle_path(gen_random_uuid(), 0), null, 'there is no path in no tree');

-- A leaf without tickets is possible in the tree, never the answer.
create temporary table with_empty_leaves on commit drop as
select private.store_merkle_tree(
    '00000000-0000-4000-8000-00000000ffff',
    int8send(3) || sha256('a') || int8send(0) || sha256('b')
    || int8send(0) || sha256('c') || int8send(2) || sha256('d')
) as root;
select is(
    pg_temp.fold(
        int8send(2) || sha256('d'),
        private.merkle_path('00000000-0000-4000-8000-00000000ffff', 3)
    ),
    root,
    'a leaf of no tickets is passed over'
)
from with_empty_leaves;

select * from finish();
rollback;
