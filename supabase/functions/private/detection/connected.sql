-- Union-find with path halving (Tarjan and van Leeuwen, 1984): near to linear, where a recursive
-- query would be quadratic in a large component.
create or replace function private.connected(p_from integer[], p_to integer[], p_size integer)
returns integer[]
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_parent integer[] := array(select i from generate_series(1, p_size) as g (i));
    v_a integer;
    v_b integer;
begin
    for v_edge in 1..coalesce(cardinality(p_from), 0) loop
        v_a := p_from[v_edge];
        v_b := p_to[v_edge];
        while v_parent[v_a] <> v_a loop
            v_parent[v_a] := v_parent[v_parent[v_a]];
            v_a := v_parent[v_a];
        end loop;
        while v_parent[v_b] <> v_b loop
            v_parent[v_b] := v_parent[v_parent[v_b]];
            v_b := v_parent[v_b];
        end loop;
        -- The smallest number names a component.
        v_parent[greatest(v_a, v_b)] := least(v_a, v_b);
    end loop;
    for v_i in 1..p_size loop
        v_parent[v_i] := v_parent[v_parent[v_i]];
    end loop;
    return v_parent;
end $$;

comment on function private.connected(integer[], integer[], integer) is
'Connected components of the graph on 1 to p_size with an edge from each element of p_from to the '
'same of p_to: for each number the smallest of its component.';

revoke all on function private.connected(integer[], integer[], integer)
from public, anon, authenticated, service_role;
