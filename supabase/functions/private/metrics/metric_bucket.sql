-- Where the bucket begins that a moment lies in. Whoever does it for many rows calls date_bin: a
-- function with a search_path of its own is not inlined.
create or replace function private.metric_bucket(p_grain text, p_at timestamptz)
returns timestamptz
language sql
immutable
parallel safe
set search_path = ''
as $$
    select date_bin(
        case p_grain
            when 'five_minutes' then interval '5 minutes'
            when 'hour' then interval '1 hour'
            when 'day' then interval '1 day'
        end,
        p_at,
        '2000-01-01 00:00:00+00'
    )
$$;

comment on function private.metric_bucket(text, timestamptz) is
'Where the bucket of p_grain (five_minutes, hour, day; UTC) begins that a moment lies in.';

revoke all on function private.metric_bucket(text, timestamptz)
from public, anon, authenticated, service_role;
