-- A count as four big-endian bytes (contract, section 5). int4send would stop at 2^31 - 1 and write
-- negative numbers as large ones.
--
-- Raises: 22003 below 0 and above 2^32 - 1.

create or replace function private.u32(p_value bigint)
returns bytea
language plpgsql
immutable strict parallel safe
security invoker
set search_path = ''
as $$
begin
    if p_value not between 0 and 4294967295 then
        raise exception 'a u32 must be within 0 and 2^32 - 1'
            using errcode = 'numeric_value_out_of_range';
    end if;
    return substring(int8send(p_value) from 5 for 4);
end
$$;

comment on function private.u32(bigint) is
    'An integer 0..2^32 - 1 as 4 big-endian bytes; 22003 for any other (contract, section 5).';

revoke all on function private.u32(bigint)
    from public, anon, authenticated, service_role;
