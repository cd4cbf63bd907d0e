-- Builds the Merkle sum tree over the given leaves and keeps every level, so that any path can be
-- read later without the leaves. Level 0 holds the leaves; the node at i of a level is made of 2i
-- and 2i + 1 of the level below; an odd last node moves up unchanged, which gives the shape of RFC
-- 6962 (2.1). A node is u64 sum ‖ hash, so two neighbours are, as they stand, what their parent
-- hashes after 0x01.
--
-- Guards: the leaves are one or more whole nodes.
-- Writes: private.merkle_levels, one row a level.
-- Raises: 22023 for a malformed list of leaves, 22003 if the sums exceed 2^63 - 1, 23505 for a tree
-- that exists.
--
-- Linear in the leaves: a statement a level, each reading slices of one value in memory.

create or replace function private.store_merkle_tree(p_tree_id uuid, p_leaves bytea)
returns bytea
language plpgsql
volatile strict
security invoker
set search_path = ''
as $$
declare
    v_nodes bytea := p_leaves || ''::bytea;  -- a plain copy: a slice of a toasted value is a read
    v_level smallint := 0;
begin
    if octet_length(v_nodes) = 0 or octet_length(v_nodes) % 40 <> 0 then
        raise exception 'leaves must be one or more nodes of 40 bytes'
            using errcode = 'invalid_parameter_value';
    end if;

    loop
        insert into private.merkle_levels (tree_id, level, nodes)
        values (p_tree_id, v_level, v_nodes);
        exit when octet_length(v_nodes) = 40;

        -- The sums are read as merkle_node_sum reads them, without the price of two calls a node.
        select string_agg(
            case
                when octet_length(nodes) = 40 then nodes
                else int8send(
                    ('x' || encode(substring(nodes from 1 for 8), 'hex'))::bit(64)::bigint
                    + ('x' || encode(substring(nodes from 41 for 8), 'hex'))::bit(64)::bigint
                ) || sha256('\x01'::bytea || nodes)
            end,
            ''::bytea
            order by at
        )
        into v_nodes
        from generate_series(1, octet_length(v_nodes), 80) as pairs (at)
        cross join lateral substring(v_nodes from at for 80) as children (nodes);
        v_level := v_level + 1;
    end loop;
    return v_nodes;
end
$$;

comment on function private.store_merkle_tree(uuid, bytea) is
    'Stores all levels of the Merkle sum tree over concatenated 40-byte leaves and returns the '
    'root node, u64 total ‖ 32-byte entries_root. Node hash: SHA-256(0x01 ‖ u64 left sum ‖ left ‖ '
    'u64 right sum ‖ right); 22023 for no leaves or a part of one (contract, section 5; RFC 6962, '
    '2.1).';

revoke all on function private.store_merkle_tree(uuid, bytea)
    from public, anon, authenticated, service_role;
