-- Guards, in order: arguments; the key exists. Revoking again changes nothing.
-- Locks: the key's row; what is being signed with it ends first or is refused.
-- Writes: signing_keys; an event.
-- Raises: invalid_argument, busy (a transaction of one snapshot).
create or replace function private.revoke_signing_key(p_kid text, p_reason text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_key private.signing_keys;
begin
    perform private.require_hex('kid', p_kid, 8);
    perform private.require_reason(p_reason);
    perform private.require_read_committed();
    select * into v_key from private.signing_keys as k where k.kid = p_kid for update;
    if not found then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'kid', 'expected', 'a registered key'
        ));
    end if;
    if v_key.revoked_at is null then
        v_key.revoked_at := private.now();
        update private.signing_keys as k
        set revoked_at = v_key.revoked_at, revoke_reason = p_reason
        where k.kid = p_kid;
        perform private.log_event('signing_key_revoked', null, jsonb_build_object(
            'kid', p_kid, 'purpose', v_key.purpose, 'reason', p_reason
        ));
    end if;
    return jsonb_build_object('kid', p_kid, 'revoked_at', private.json_time(v_key.revoked_at));
end $$;

comment on function private.revoke_signing_key(text, text) is
'Definer half of public.revoke_signing_key.';

revoke all on function private.revoke_signing_key(text, text)
from public, anon, authenticated, service_role;
grant execute on function private.revoke_signing_key(text, text)
to service_role;
