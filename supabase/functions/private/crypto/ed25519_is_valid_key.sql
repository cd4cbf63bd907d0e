-- Says whether 32 bytes can be an Ed25519 public key at all, before anybody trusts it.
--
-- Guards: 32 bytes; not one of the eight points of small order; a canonical encoding of a point.
-- Raises: nothing.
--
-- A key of small order would make one signature fit every message. The eight points have one
-- canonical encoding each, so a list names them; the decoder refuses every other encoding of them.

create or replace function private.ed25519_is_valid_key(p_public_key bytea)
returns boolean
language plpgsql
immutable strict parallel safe
security invoker
set search_path = ''
as $$
begin
    return not private.ed25519_is_small_order(p_public_key)
        and private.ed25519_decompress(p_public_key) is not null;
end
$$;

comment on function private.ed25519_is_valid_key(bytea) is
    'True if the bytes are the canonical encoding of a point of the curve that is not of small '
    'order (RFC 8032, 5.1.3): a key ed25519_verify can accept. Other bytes of any length: false.';

revoke all on function private.ed25519_is_valid_key(bytea)
    from public, anon, authenticated, service_role;
