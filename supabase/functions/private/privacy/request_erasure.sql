-- A player asks to be forgotten. Nothing is forgotten yet: compliance looks first (erase_player).
--
-- Guards: login; a player, banned or not. Asked before: the first answer.
-- Locks: the caller's pseudonym when it is new; the caller's row of erasures; the alert.
-- Writes: erasures; event erasure_requested; alert erasure_requested.
-- Raises: login_required, not_allowed, busy (a transaction of one snapshot).
create or replace function private.request_erasure()
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_user uuid := private.require_data_subject();
    v_at timestamptz;
begin
    perform private.require_read_committed();
    insert into private.erasures (user_id, requested_at)
    values (v_user, private.now())
    on conflict (user_id) do nothing;
    if found then
        perform private.log_event('erasure_requested', null, '{}');
        perform private.erasure_waits();
    end if;
    select e.requested_at into strict v_at from private.erasures as e where e.user_id = v_user;
    return jsonb_build_object(
        'requested_at', private.json_time(v_at),
        'obstacle', private.erasure_obstacle(v_user, false, true)
    );
end $$;

comment on function private.request_erasure() is
'Definer half of public.request_erasure.';

revoke all on function private.request_erasure()
from public, anon, authenticated, service_role;
grant execute on function private.request_erasure()
to authenticated, service_role;
