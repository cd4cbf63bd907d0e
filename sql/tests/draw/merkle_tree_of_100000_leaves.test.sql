-- The tree over 100,000 entries, as a full pot would lock it. Times are shown, not asserted: a
-- busy machine must not turn a right tree red.

begin;
set local search_path = extensions, public;
select plan(4);

create temporary table timings (leaves integer, step text, took interval) on commit drop;
create temporary table roots (leaves integer, tree_id uuid, root bytea) on commit drop;

do $$
declare
    v_size integer;
    v_leaves bytea;
    v_tree uuid;
    v_root bytea;
    v_start timestamptz;
begin
    foreach v_size in array array[1000, 10000, 100000] loop
        v_tree := pg_catalog.gen_random_uuid();
        v_start := clock_timestamp();
        select string_agg(
            private.merkle_leaf(
                'pots', '00112233-4455-6677-8899-aabbccddeeff', i % 7 + 1, sha256(int4send(i))
            ),
            ''::bytea
            order by i
        )
        into v_leaves
        from generate_series(1, v_size) as i;
        insert into timings (leaves, step, took)
        values (v_size, 'leaves', clock_timestamp() - v_start);

        v_start := clock_timestamp();
        v_root := private.store_merkle_tree(v_tree, v_leaves);
        insert into timings (leaves, step, took)
        values (v_size, 'tree', clock_timestamp() - v_start);

        v_start := clock_timestamp();
        for v_i in 0..99 loop
            perform private.merkle_path(v_tree, v_i * v_size / 100);
        end loop;
        insert into timings (leaves, step, took)
        values (v_size, '100 paths', clock_timestamp() - v_start);
        insert into roots (leaves, tree_id, root) values (v_size, v_tree, v_root);
    end loop;
end
$$;

select diag(format(
    '%s leaves: %s in %s ms', leaves, step, round(extract(epoch from took) * 1000, 1)
))
from timings
order by leaves, step;

select is(
    private.merkle_node_sum(root),
    (select sum(i % 7 + 1) from generate_series(1, leaves) as i)::bigint,
    format('the root of %s leaves counts every ticket', leaves)
)
from roots
order by leaves;

select is(
    jsonb_array_length(private.merkle_path(tree_id, 0)),
    17,
    'a path in 100,000 leaves has 17 siblings'
)
from roots
where leaves = 100000;

select * from finish();
rollback;
