-- The public name of whoever holds an entry. The salt is random and known to its buyer only, so
-- that nobody can try user ids against the tag, and two entries of one user do not show as one
-- user's.
--
-- Raises: 22023 if the salt has not 32 bytes.

create or replace function private.entrant_tag(p_salt bytea, p_round_id uuid, p_user_id uuid)
returns bytea
language plpgsql
immutable strict parallel safe
security invoker
set search_path = ''
as $$
begin
    return extensions.hmac(
        uuid_send(p_round_id) || uuid_send(p_user_id),
        private.bytes32(p_salt),
        'sha256'
    );
end
$$;

comment on function private.entrant_tag(bytea, uuid, uuid) is
    'HMAC-SHA-256(key = salt, round id ‖ user id), 32 bytes; 22023 for a salt of another length '
    'than 32 bytes (contract, section 5).';

revoke all on function private.entrant_tag(bytea, uuid, uuid)
    from public, anon, authenticated, service_role;
