-- What is public of a commitment from a round's creation on: binding before the first entry,
-- although commit_hash itself is shown only at lock.
--
-- Raises: 22023 if commit_hash has not 32 bytes.

create or replace function private.commit_tag(p_game text, p_round_id uuid, p_commit_hash bytea)
returns bytea
language plpgsql
immutable strict parallel safe
security invoker
set search_path = ''
as $$
begin
    return sha256(
        private.tag(p_game || '/commit-tag/v1')
        || uuid_send(p_round_id)
        || private.bytes32(p_commit_hash)
    );
end
$$;

comment on function private.commit_tag(text, uuid, bytea) is
    'SHA-256(T("<game>/commit-tag/v1") ‖ round id ‖ commit_hash), 32 bytes; 22023 for a '
    'commit_hash of another length than 32 bytes (contract, section 5).';

revoke all on function private.commit_tag(text, uuid, bytea)
    from public, anon, authenticated, service_role;
