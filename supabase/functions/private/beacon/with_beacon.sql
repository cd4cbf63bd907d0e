-- What is told of draw 2 is what is told of draw 1, and the beacon
create or replace function private.with_beacon(p_object jsonb, p_beacon jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    if p_beacon is null then
        return p_object;
    end if;
    return p_object || jsonb_build_object('beacon', p_beacon);
end $$;

comment on function private.with_beacon(jsonb, jsonb) is
'p_object with a key `beacon`, if there is one.';

revoke all on function private.with_beacon(jsonb, jsonb)
from public, anon, authenticated, service_role;
