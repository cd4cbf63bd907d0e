-- The hash of consecutive leaves, joined from perfect subtrees, the smallest and last one first.
create or replace function private.log_range_hash(p_from bigint, p_to bigint)
returns bytea
language plpgsql
stable
strict
set search_path = ''
as $$
declare
    v_size bigint := p_to - p_from;
    v_start bigint := p_to;
    v_node bytea;
    v_hash bytea;
begin
    if v_size = 0 then
        return sha256(''::bytea);
    end if;
    for v_level in 0..62 loop
        exit when v_size >> v_level = 0;
        continue when v_size >> v_level & 1 = 0;
        v_start := v_start - (1::bigint << v_level);
        select n.hash into strict v_node
        from private.log_nodes as n
        where n.level = v_level and n.idx = v_start >> v_level;
        v_hash := coalesce(sha256('\x01'::bytea || v_node || v_hash), v_node);
    end loop;
    return v_hash;
end $$;

comment on function private.log_range_hash(bigint, bigint) is
'MTH(D[p_from:p_to]) of RFC 6962 (2.1), 32 bytes: of the whole log at a size when p_from is 0. '
'p_from is a multiple of the smallest power of two that is not below p_to - p_from. Raises '
'no_data_found beyond the log.';

revoke all on function private.log_range_hash(bigint, bigint)
from public, anon, authenticated, service_role;
