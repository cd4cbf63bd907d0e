-- When a beacon gives a round: the inverse of beacon_round_at.
--
-- Raises: 22023 for a round or period below 1, 22003 or 22008 for a time past what a timestamptz
-- holds.

create or replace function private.beacon_round_time(
    p_genesis bigint, p_period integer, p_round bigint
)
returns timestamptz
language plpgsql
immutable strict parallel safe
security invoker
set search_path = ''
as $$
begin
    if p_round < 1 or p_period < 1 then
        raise exception 'rounds are counted from 1, and a period is a second or longer'
            using errcode = 'invalid_parameter_value';
    end if;
    -- Whole seconds, which a double holds exactly.
    return to_timestamp(p_genesis + (p_round - 1) * p_period);
end
$$;

comment on function private.beacon_round_time(bigint, integer, bigint) is
    'The time of a round: p_genesis + (p_round - 1) * p_period, in seconds since 1970. 22023 for '
    'a round or period below 1 (contract, section 5).';

revoke all on function private.beacon_round_time(bigint, integer, bigint)
    from public, anon, authenticated, service_role;
