-- Which round of a beacon is the first that nobody can know at a time. Round 1 is at genesis, the
-- next a period later; counted in microseconds, so a time between two seconds is never rounded.
--
-- Raises: 22023 for a period below 1, 22003 for a time before 1970 or infinite.

create or replace function private.beacon_round_at(
    p_genesis bigint, p_period integer, p_at timestamptz
)
returns bigint
language plpgsql
immutable strict parallel safe
security invoker
set search_path = ''
as $$
declare
    v_period bigint := p_period * 1000000::bigint;
    v_since bigint := private.micros(p_at) - p_genesis * 1000000;
begin
    if p_period < 1 then
        raise exception 'a beacon''s period is a second or longer'
            using errcode = 'invalid_parameter_value';
    end if;
    -- The division of what is not negative rounds down, hence one less than a period more.
    return greatest(v_since + v_period - 1, 0) / v_period + 1;
end
$$;

comment on function private.beacon_round_at(bigint, integer, timestamptz) is
    'The first round whose time is at or after p_at, at least 1; p_genesis is round 1 in seconds '
    'since 1970, p_period seconds. 22023 for a period below 1, 22003 for a time that micros() '
    'refuses (contract, section 5; drand counts from 1).';

revoke all on function private.beacon_round_at(bigint, integer, timestamptz)
    from public, anon, authenticated, service_role;
