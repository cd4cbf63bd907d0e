-- A time as whole microseconds since 1970 UTC, which is all the precision a timestamptz has. The
-- epoch of a timestamptz depends on no setting, unlike its text, so this may be called immutable.
--
-- Raises: 22003 for a time before 1970 and for the infinities.

create or replace function private.micros(p_time timestamptz)
returns bigint
language plpgsql
immutable strict parallel safe
security invoker
set search_path = ''
as $$
begin
    if not isfinite(p_time) or extract(epoch from p_time) < 0 then
        raise exception 'a time to be hashed must be finite and not before 1970'
            using errcode = 'numeric_value_out_of_range';
    end if;
    return (extract(epoch from p_time) * 1000000)::bigint;
end
$$;

comment on function private.micros(timestamptz) is
    'Microseconds since 1970-01-01T00:00:00Z, independent of TimeZone and DateStyle; 22003 for an '
    'earlier or infinite time (contract, section 5).';

revoke all on function private.micros(timestamptz)
    from public, anon, authenticated, service_role;
