-- The stored tree is the Merkle tree of RFC 6962, section 2.1, with sums: the RFC defines it
-- from the root down (split at the largest power of two below n), the database builds it from
-- the leaves up. Both are compared for every size from 1 to 33.

begin;
set local search_path = extensions, public;
select plan(12);

create function pg_temp.leaves(p_count integer)
returns bytea
language sql
as $$
    select string_agg(
        private.merkle_leaf(
            'pots', '00112233-4455-6677-8899-aabbccddeeff', i * i % 11 + 1, sha256(int4send(i))
        ),
        ''::bytea
        order by i
    )
    from generate_series(1, p_count) as i
$$;

create function pg_temp.node_sum(p_node bytea)
returns numeric
language sql
as $$
    select sum(get_byte(p_node, at) * 256::numeric ^ (7 - at)) from generate_series(0, 7) as at
$$;

-- MTH(D[n]) of the RFC, word for word, over nodes u64 sum ‖ hash.
create function pg_temp.rfc_6962_root(p_leaves bytea)
returns bytea
language plpgsql
as $$
declare
    v_n constant integer := octet_length(p_leaves) / 40;
    v_k integer := 1;
    v_left bytea;
    v_right bytea;
begin
    if v_n = 1 then
        return p_leaves;
    end if;
    while v_k * 2 < v_n loop
        v_k := v_k * 2;
    end loop;
    v_left := pg_temp.rfc_6962_root(substring(p_leaves from 1 for 40 * v_k));
    v_right := pg_temp.rfc_6962_root(substring(p_leaves from 40 * v_k + 1));
    return int8send((pg_temp.node_sum(v_left) + pg_temp.node_sum(v_right))::bigint)
        || sha256('\x01'::bytea || v_left || v_right);
end
$$;

select results_eq(
    $$
        select n, private.store_merkle_tree(gen_random_uuid(), pg_temp.leaves(n))
        from generate_series(1, 33) as n
    $$,
    $$
        select n, pg_temp.rfc_6962_root(pg_temp.leaves(n)) from generate_series(1, 33) as n
    $$,
    'the roots of 1 to 33 leaves'
);

-- Five leaves by hand: ((1 2) (3 4)) 5. The fifth moves up twice, unchanged.
select private.store_merkle_tree('00000000-0000-4000-8000-000000000005', pg_temp.leaves(5));

select results_eq(
    $$
        select level::integer, octet_length(nodes) / 40 from private.merkle_levels
        where tree_id = '00000000-0000-4000-8000-000000000005' order by level
    $$,
    $$values (0, 5), (1, 3), (2, 2), (3, 1)$$,
    'five leaves have levels of 5, 3, 2 and 1 nodes'
);
select is(
    (
        select array_agg(distinct substring(nodes from octet_length(nodes) - 39))
        from private.merkle_levels
        where tree_id = '00000000-0000-4000-8000-000000000005' and level < 3
    ),
    array[substring(pg_temp.leaves(5) from 161)],
    'the odd last leaf moves up unchanged'
);
select is(
    (
        select nodes from private.merkle_levels
        where tree_id = '00000000-0000-4000-8000-000000000005' and level = 0
    ),
    pg_temp.leaves(5),
    'level 0 is the leaves'
);

select is(
    private.store_merkle_tree('00000000-0000-4000-8000-000000000001', pg_temp.leaves(1)),
    pg_temp.leaves(1),
    'one leaf is its own root'
);
select is(
    pg_temp.node_sum(private.store_merkle_tree(
        '00000000-0000-4000-8000-000000000002',
        int8send(4503599627370496) || sha256('a') || int8send(4503599627370495) || sha256('b')
    )),
    9007199254740991::numeric,
    'sums may reach 2^53 - 1'
);
select throws_ok(
    $$
        select private.store_merkle_tree(
            '00000000-0000-4000-8000-000000000003',
            int8send(9223372036854775807) || sha256('a') || int8send(1) || sha256('b')
        )
    $$,
    '22003', null, 'a sum beyond u64 as a bigint is refused, not wrapped'
);
select throws_ok(
    $$select private.store_merkle_tree('00000000-0000-4000-8000-000000000004', '')$$,
    '22023', null, 'no leaves, no tree'
);
select throws_ok(
    $$
        select private.store_merkle_tree(
            '00000000-0000-4000-8000-000000000004', pg_temp.leaves(2) || '\x00'
        )
    $$,
    '22023', null, 'a part of a leaf is refused'
);
select throws_ok(
    $$
        select private.store_merkle_tree(
            '00000000-0000-4000-8000-000000000005', pg_temp.leaves(2)
        )
    $$,
    '23505', null, 'a tree is stored once'
);
select isnt(
    private.store_merkle_tree(
        gen_random_uuid(),
        substring(pg_temp.leaves(2) from 41) || substring(pg_temp.leaves(2) for 40)
    ),
    private.store_merkle_tree(gen_random_uuid(), pg_temp.leaves(2)),
    'the order of the leaves counts'
);
select is(
    (
        select attstorage from pg_catalog.pg_attribute
        where attrelid = 'private.merkle_levels'::regclass and attname = 'nodes'
    ),
    'e'::"char",
    'levels are stored out of line and uncompressed, so that a path can read slices'
);

select * from finish();
rollback;
