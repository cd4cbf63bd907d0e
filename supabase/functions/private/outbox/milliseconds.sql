-- An interval in whole milliseconds, at least 0: a clock set back measures nothing
create or replace function private.milliseconds(p_interval interval)
returns bigint
language sql
immutable
parallel safe
set search_path = ''
as $$
    select greatest(floor(extract(epoch from p_interval) * 1000), 0)::bigint
$$;

comment on function private.milliseconds(interval) is
'An interval in whole milliseconds, at least 0.';

revoke all on function private.milliseconds(interval)
from public, anon, authenticated, service_role;
