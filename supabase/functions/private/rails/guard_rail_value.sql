-- A whole number within the rule's borders, a list of regions, or "off"; NULL takes a rail away.
create or replace function private.guard_rail_value(
    p_unit text, p_min bigint, p_max bigint, p_value jsonb
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_expected text := 'an array of at most 300 region codes (ISO 3166, XX, T1)';
    v_is_good boolean := false;
begin
    if p_value is null or p_value = '"off"' then
        return p_value;
    end if;
    if p_unit <> 'regions' then
        v_expected := format('a whole number, %s to %s', p_min, p_max);
        -- A number of a million digits is none, before it is cast.
        if jsonb_typeof(p_value) = 'number' and length(p_value::text) <= 20 then
            v_is_good := scale((p_value #>> '{}')::numeric) = 0
                and (p_value #>> '{}')::numeric between p_min and p_max;
        end if;
    elsif jsonb_typeof(p_value) = 'array' then
        v_is_good := jsonb_array_length(p_value) <= 300 and not exists (
            select
            from jsonb_array_elements(p_value) as c (code)
            where jsonb_typeof(c.code) <> 'string' or c.code #>> '{}' !~ '^[A-Z][A-Z0-9]$'
        );
    end if;
    if not v_is_good then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'value', 'expected', v_expected || ', "off" or null'
        ));
    end if;
    return p_value;
end $$;

comment on function private.guard_rail_value(text, bigint, bigint, jsonb) is
'A guard rail''s value as it is stored; fails with invalid_argument for what its rule does not '
'take.';

revoke all on function private.guard_rail_value(text, bigint, bigint, jsonb)
from public, anon, authenticated, service_role;
