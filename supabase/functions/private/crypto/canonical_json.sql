-- The one canonical text of a JSON value, of the part of RFC 8785 (JSON Canonicalization Scheme)
-- that is hashed here: objects, arrays, strings, booleans, null, and integers below 2^53 in size.
-- Other numbers would need ECMAScript's printing of doubles and are refused instead.
--
-- jsonb has dropped duplicate keys already (the last one won) and prints strings with just the
-- escapes that RFC 8785 asks for. It orders keys its own way; the order here is of UTF-16 code
-- units (3.2.3): that of code points, except that those above U+FFFF come before U+E000..U+FFFF.
--
-- Raises: 22023 for a number that is not such an integer.

create or replace function private.canonical_json(p_value jsonb)
returns text
language plpgsql
immutable strict parallel safe
security invoker
set search_path = ''
as $$
declare
    v_number numeric;
begin
    case jsonb_typeof(p_value)
        when 'object' then
            return (
                select '{' || coalesce(string_agg(
                    to_json(member.key)::text || ':' || private.canonical_json(member.value),
                    ','
                    order by (
                        select array_agg(
                            case
                                when ascii(letter) between 57344 and 65535
                                    then ascii(letter) + 1114112
                                else ascii(letter)
                            end
                            order by at
                        )
                        from string_to_table(member.key, null)
                            with ordinality as letters (letter, at)
                    ) nulls first  -- the empty key
                ), '') || '}'
                from jsonb_each(p_value) as member
            );
        when 'array' then
            return (
                select '[' || coalesce(
                    string_agg(private.canonical_json(item), ',' order by at), ''
                ) || ']'
                from jsonb_array_elements(p_value) with ordinality as items (item, at)
            );
        when 'number' then
            v_number := p_value::numeric;
            if v_number <> trunc(v_number, 0) or abs(v_number) >= 9007199254740992 then
                raise exception 'only integers below 2^53 have a canonical form here'
                    using errcode = 'invalid_parameter_value';
            end if;
            return v_number::bigint::text;
        else
            return p_value::text;  -- a string, true, false or null
    end case;
end
$$;

comment on function private.canonical_json(jsonb) is
    'The RFC 8785 canonical text of a JSON value whose numbers are integers below 2^53 in size; '
    '22023 for any other number.';

revoke all on function private.canonical_json(jsonb)
    from public, anon, authenticated, service_role;
