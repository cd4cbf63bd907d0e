-- SUBPROOF of RFC 9162 (2.1.4.1), from the root down: the steps are found last one first.
create or replace function private.log_consistency_path(p_old_size bigint, p_new_size bigint)
returns text[]
language plpgsql
stable
strict
set search_path = ''
as $$
declare
    v_start bigint := 0;
    v_old bigint := p_old_size;
    v_new bigint := p_new_size;
    v_split bigint;
    v_path text[] := array[]::text[];
begin
    if v_old = 0 then
        return v_path;
    end if;
    while v_old < v_new loop
        v_split := private.log_split(v_new);
        if v_old <= v_split then
            v_path := encode(
                private.log_range_hash(v_start + v_split, v_start + v_new), 'hex'
            ) || v_path;
            v_new := v_split;
        else
            v_path := encode(private.log_range_hash(v_start, v_start + v_split), 'hex') || v_path;
            v_start := v_start + v_split;
            v_old := v_old - v_split;
            v_new := v_new - v_split;
        end if;
    end loop;
    -- The old log's own root need not be told.
    if v_start > 0 then
        v_path := encode(private.log_range_hash(v_start, v_start + v_old), 'hex') || v_path;
    end if;
    return v_path;
end $$;

comment on function private.log_consistency_path(bigint, bigint) is
'The proof that the log of p_new_size leaves begins with that of p_old_size: PROOF of RFC 9162 '
'(2.1.4), hashes in hex; empty for 0 and for the whole.';

revoke all on function private.log_consistency_path(bigint, bigint)
from public, anon, authenticated, service_role;
