-- A domain tag: T(s) = ASCII(s) ‖ 0x00 (contract, section 5). No text holds a zero byte, so no tag
-- is the beginning of another, and bytes hashed for one purpose never mean something for another.
--
-- Raises: 22023 for a text that is not ASCII.

create or replace function private.tag(p_text text)
returns bytea
language plpgsql
immutable strict parallel safe
security invoker
set search_path = ''
as $$
begin
    if octet_length(p_text) <> length(p_text) then
        raise exception 'a tag must be ASCII' using errcode = 'invalid_parameter_value';
    end if;
    return convert_to(p_text, 'UTF8') || '\x00'::bytea;
end
$$;

comment on function private.tag(text) is
    'T(s), the ASCII bytes of the text and one zero byte; 22023 for a text that is not ASCII '
    '(contract, section 5).';

revoke all on function private.tag(text)
    from public, anon, authenticated, service_role;
