-- Which of p_total tickets 32 drawn bytes mean: the bytes as a big-endian integer, modulo the
-- total. No index is likelier than another by more than one part in 2^203 while the total is below
-- 2^53.
--
-- Raises: 22023 if the value has not 32 bytes or the total is below 1.

create or replace function private.draw_index(p_hmac bytea, p_total bigint)
returns bigint
language plpgsql
immutable strict parallel safe
security invoker
set search_path = ''
as $$
declare
    v_drawn numeric := 0;
begin
    if p_total < 1 then
        raise exception 'there is nothing to draw from' using errcode = 'invalid_parameter_value';
    end if;
    if octet_length(p_hmac) <> 32 then
        raise exception 'a draw takes 32 bytes' using errcode = 'invalid_parameter_value';
    end if;
    for v_i in 0..31 loop
        v_drawn := v_drawn * 256 + get_byte(p_hmac, v_i);
    end loop;
    return mod(v_drawn, p_total);
end
$$;

comment on function private.draw_index(bytea, bigint) is
    'BE256(32 bytes) mod total, an index 0..total - 1; 22023 for a total below 1 or another '
    'number of bytes (PRD 4.3; contract, section 5).';

revoke all on function private.draw_index(bytea, bigint)
    from public, anon, authenticated, service_role;
