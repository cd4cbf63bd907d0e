-- PATH of RFC 9162 (2.1.3.1), from the root down: the steps are found last one first.
create or replace function private.log_inclusion_path(p_index bigint, p_size bigint)
returns text[]
language plpgsql
stable
strict
set search_path = ''
as $$
declare
    v_start bigint := 0;
    v_size bigint := p_size;
    v_split bigint;
    v_path text[] := array[]::text[];
begin
    while v_size > 1 loop
        v_split := private.log_split(v_size);
        if p_index - v_start < v_split then
            v_path := encode(
                private.log_range_hash(v_start + v_split, v_start + v_size), 'hex'
            ) || v_path;
            v_size := v_split;
        else
            v_path := encode(private.log_range_hash(v_start, v_start + v_split), 'hex') || v_path;
            v_start := v_start + v_split;
            v_size := v_size - v_split;
        end if;
    end loop;
    return v_path;
end $$;

comment on function private.log_inclusion_path(bigint, bigint) is
'The proof that leaf p_index (from 0) is in the log of p_size leaves: PATH of RFC 9162 (2.1.3), '
'hashes in hex from leaf to root.';

revoke all on function private.log_inclusion_path(bigint, bigint)
from public, anon, authenticated, service_role;
