-- An amount as eight big-endian bytes (contract, section 5). A bigint ends at 2^63 - 1, half of
-- u64's range; int8send alone would write negative numbers as the other half.
--
-- Raises: 22003 below 0.

create or replace function private.u64(p_value bigint)
returns bytea
language plpgsql
immutable strict parallel safe
security invoker
set search_path = ''
as $$
begin
    if p_value < 0 then
        raise exception 'a u64 must not be negative' using errcode = 'numeric_value_out_of_range';
    end if;
    return int8send(p_value);
end
$$;

comment on function private.u64(bigint) is
    'An integer 0..2^63 - 1 as 8 big-endian bytes; 22003 for a negative one (contract, section '
    '5).';

revoke all on function private.u64(bigint)
    from public, anon, authenticated, service_role;
