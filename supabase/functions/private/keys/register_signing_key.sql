-- Guards, in order: purpose; a canonical Ed25519 point of full order; not revoked before.
-- Writes: signing_keys; an event. The same key again changes nothing.
-- Raises: invalid_argument, wrong_state, busy (a transaction of one snapshot).
create or replace function private.register_signing_key(p_purpose text, p_public_key text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_kid text;
begin
    if p_purpose is null or p_purpose not in ('orchestrator', 'settlement', 'beacon') then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'purpose', 'expected', 'orchestrator, settlement or beacon'
        ));
    end if;
    perform private.require_hex('public_key', p_public_key, 32);
    if not private.ed25519_is_valid_key(decode(p_public_key, 'hex')) then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'public_key', 'expected', 'an Ed25519 public key (RFC 8032)'
        ));
    end if;
    perform private.require_read_committed();
    v_kid := private.key_id(p_purpose, decode(p_public_key, 'hex'));
    insert into private.signing_keys (kid, purpose, public_key, valid_from)
    values (v_kid, p_purpose, p_public_key, private.now())
    on conflict (kid) do nothing;
    if found then
        perform private.log_event('signing_key_registered', null, jsonb_build_object(
            'kid', v_kid, 'purpose', p_purpose, 'public_key', p_public_key
        ));
    elsif exists (
        select from private.signing_keys as k where k.kid = v_kid and k.revoked_at is not null
    ) then
        perform private.fail('wrong_state', jsonb_build_object('kid', v_kid, 'reason', 'revoked'));
    end if;
    return jsonb_build_object('kid', v_kid);
end $$;

comment on function private.register_signing_key(text, text) is
'Definer half of public.register_signing_key.';

revoke all on function private.register_signing_key(text, text)
from public, anon, authenticated, service_role;
grant execute on function private.register_signing_key(text, text)
to service_role;
