-- The number a round is drawn from, as 32 bytes. pgcrypto takes the data first and the key second;
-- here the key is the seed.
--
-- Raises: 22023 if either value has not 32 bytes.

create or replace function private.draw_hmac(p_seed bytea, p_commit_hash bytea)
returns bytea
language plpgsql
immutable strict parallel safe
security invoker
set search_path = ''
as $$
begin
    return extensions.hmac(private.bytes32(p_commit_hash), private.bytes32(p_seed), 'sha256');
end
$$;

comment on function private.draw_hmac(bytea, bytea) is
    'HMAC-SHA-256(key = reveal_seed, commit_hash), 32 bytes; 22023 for an argument of another '
    'length than 32 bytes (PRD 4.3; contract, section 5).';

revoke all on function private.draw_hmac(bytea, bytea)
    from public, anon, authenticated, service_role;
