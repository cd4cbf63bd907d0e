-- The drawn index, turned: whoever knew one of the two numbers alone knew nothing of the sum.
--
-- Raises: 22023 unless both are 0..total - 1.

create or replace function private.rotate_index(
    p_index bigint, p_rotation bigint, p_total bigint
)
returns bigint
language plpgsql
immutable strict parallel safe
security invoker
set search_path = ''
as $$
begin
    if p_index not between 0 and p_total - 1 or p_rotation not between 0 and p_total - 1 then
        raise exception 'an index and its rotation are 0 to total - 1'
            using errcode = 'invalid_parameter_value';
    end if;
    -- (index + rotation) mod total, without a sum that could leave a bigint.
    if p_index >= p_total - p_rotation then
        return p_index - (p_total - p_rotation);
    end if;
    return p_index + p_rotation;
end
$$;

comment on function private.rotate_index(bigint, bigint, bigint) is
    '(p_index + p_rotation) mod p_total; 22023 unless both are 0..p_total - 1 (contract, section '
    '5).';

revoke all on function private.rotate_index(bigint, bigint, bigint)
    from public, anon, authenticated, service_role;
