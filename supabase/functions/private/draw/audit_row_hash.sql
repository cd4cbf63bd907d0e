-- The hash of a row of a round's audit chain. The payload goes in by its hash, so that a reader who
-- may not see a payload can still check the chain.
--
-- Raises: 22023 if prev_hash has not 32 bytes, 22003 for a number or time out of its range.

create or replace function private.audit_row_hash(
    p_game text,
    p_round_id uuid,
    p_seq bigint,
    p_prev_hash bytea,
    p_created_at timestamptz,
    p_payload text
)
returns bytea
language plpgsql
immutable strict parallel safe
security invoker
set search_path = ''
as $$
begin
    return sha256(
        private.tag(p_game || '/audit/v1')
        || uuid_send(p_round_id)
        || private.u64(p_seq)
        || private.bytes32(p_prev_hash)
        || private.u64(private.micros(p_created_at))
        || sha256(convert_to(p_payload, 'UTF8'))
    );
end
$$;

comment on function private.audit_row_hash(text, uuid, bigint, bytea, timestamptz, text) is
    'SHA-256(T("<game>/audit/v1") ‖ round id ‖ u64 seq ‖ prev_hash ‖ u64 created_at in '
    'microseconds ‖ SHA-256(UTF-8 of payload)), 32 bytes; prev_hash of the first row is 32 zero '
    'bytes. 22023 for a prev_hash not of 32 bytes, 22003 for a number or time out of range '
    '(contract, section 5).';

revoke all on function private.audit_row_hash(text, uuid, bigint, bytea, timestamptz, text)
    from public, anon, authenticated, service_role;
