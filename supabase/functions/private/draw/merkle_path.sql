-- Proves one leaf: the siblings from it up to the root. The leaf is found by a ticket, from the
-- root down by the sums, and each level is read by a slice of at most two nodes. The column is
-- stored external, so a slice reads the few pages it lies in and not the level.
--
-- Null if there is no such tree or no leaf covers the position.

create or replace function private.merkle_path(p_tree_id uuid, p_position bigint)
returns jsonb
language plpgsql
stable strict parallel safe
security invoker
set search_path = ''
as $$
declare
    v_path jsonb := '[]'::jsonb;
    v_level smallint;
    v_nodes bytea;  -- the node descended to, then its children
    v_index integer := 0;  -- of the node in its level
    v_position bigint := p_position;  -- counted from the first ticket under the node
    v_left_sum bigint;
    v_goes_right boolean;
    v_sibling bytea;
    v_is_old boolean := false;
begin
    select stored.level, stored.nodes
    into v_level, v_nodes
    from private.merkle_levels as stored
    where stored.tree_id = p_tree_id
    order by stored.level desc
    limit 1;
    if not found then
        v_is_old := true;
        select stored.level, stored.nodes
        into v_level, v_nodes
        from private.levels_ever as stored
        where stored.tree_id = p_tree_id
        order by stored.level desc
        limit 1;
    end if;
    if v_level is null or p_position < 0 or p_position >= private.merkle_node_sum(v_nodes) then
        return null;
    end if;

    while v_level > 0 loop
        v_level := v_level - 1;
        v_index := 2 * v_index;
        if v_is_old then
            select substring(stored.nodes from 40 * v_index + 1 for 80)
            into strict v_nodes
            from private.levels_ever as stored
            where stored.tree_id = p_tree_id and stored.level = v_level;
        else
            select substring(stored.nodes from 40 * v_index + 1 for 80)
            into strict v_nodes
            from private.merkle_levels as stored
            where stored.tree_id = p_tree_id and stored.level = v_level;
        end if;
        -- One child alone was an odd last node, moved up as it is: it has no sibling here.
        continue when octet_length(v_nodes) = 40;

        v_left_sum := private.merkle_node_sum(v_nodes);
        v_goes_right := v_position >= v_left_sum;
        if v_goes_right then
            v_position := v_position - v_left_sum;
            v_index := v_index + 1;
            v_sibling := substring(v_nodes from 1 for 40);
        else
            v_sibling := substring(v_nodes from 41 for 40);
        end if;
        v_path := jsonb_build_array(jsonb_build_object(
            'side', case when v_goes_right then 'left' else 'right' end,
            'sum', private.merkle_node_sum(v_sibling),
            'hash', encode(substring(v_sibling from 9), 'hex')
        )) || v_path;
    end loop;
    return v_path;
end
$$;

comment on function private.merkle_path(uuid, bigint) is
    'The Merkle path of the leaf whose ticket range covers the position (0 = first ticket), leaf '
    'to root: [{"side": "left" | "right", "sum": tickets, "hash": 64 hex digits}] of each '
    'sibling; the leaf''s first_ticket is the sum over left siblings. Null if no leaf covers it '
    '(contract, section 5).';

revoke all on function private.merkle_path(uuid, bigint)
    from public, anon, authenticated, service_role;
