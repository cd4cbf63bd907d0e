-- Jittered, so that what failed together does not come back together.
create or replace function private.webhook_pause(
    p_failures integer, p_first interval, p_most interval
)
returns interval
language plpgsql
volatile
set search_path = ''
as $$
declare
    -- 2^30 times the first is above any p_most, and no interval overflows.
    v_pause interval := least(p_first * (2 ^ least(p_failures - 1, 30)), p_most);
begin
    return v_pause * (0.5 + get_byte(extensions.gen_random_bytes(1), 0) / 512.0);
end $$;

comment on function private.webhook_pause(integer, interval, interval) is
'How long to wait after so many failures: p_first, doubled after each, at most p_most, and of '
'that a half to all, by chance.';

revoke all on function private.webhook_pause(integer, interval, interval)
from public, anon, authenticated, service_role;
