-- Lets 32 bytes pass and nothing else. Fields are concatenated without lengths before they are
-- hashed: one of the wrong length would let two different records have the same bytes.
--
-- Raises: 22023 for any other length.

create or replace function private.bytes32(p_value bytea)
returns bytea
language plpgsql
immutable strict parallel safe
security invoker
set search_path = ''
as $$
begin
    if octet_length(p_value) <> 32 then
        raise exception 'a value to be hashed has % bytes, not 32', octet_length(p_value)
            using errcode = 'invalid_parameter_value';
    end if;
    return p_value;
end
$$;

comment on function private.bytes32(bytea) is
    'The argument itself, if it has 32 bytes; 22023 otherwise.';

revoke all on function private.bytes32(bytea)
    from public, anon, authenticated, service_role;
