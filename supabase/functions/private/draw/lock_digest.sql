-- One hash over everything that is fixed when a round locks; both services sign it. With draw
-- version 1 the beacon's chain hash is 32 zero bytes and its round 0.
--
-- Raises: 22023 for a hash that has not 32 bytes, 22003 for a number or time out of its range.

create or replace function private.lock_digest(
    p_game text,
    p_round_id uuid,
    p_draw_version integer,
    p_commit_hash bytea,
    p_rules_hash bytea,
    p_entries_root bytea,
    p_total_tickets bigint,
    p_locked_at timestamptz,
    p_beacon_chain_hash bytea,
    p_beacon_round bigint
)
returns bytea
language plpgsql
immutable strict parallel safe
security invoker
set search_path = ''
as $$
begin
    return sha256(
        private.tag(p_game || '/lock/v1')
        || uuid_send(p_round_id)
        || private.u32(p_draw_version)
        || private.bytes32(p_commit_hash)
        || private.bytes32(p_rules_hash)
        || private.bytes32(p_entries_root)
        || private.u64(p_total_tickets)
        || private.u64(private.micros(p_locked_at))
        || private.bytes32(p_beacon_chain_hash)
        || private.u64(p_beacon_round)
    );
end
$$;

comment on function private.lock_digest(
    text, uuid, integer, bytea, bytea, bytea, bigint, timestamptz, bytea, bigint
) is
    'SHA-256(T("<game>/lock/v1") ‖ round id ‖ u32 draw_version ‖ commit_hash ‖ rules_hash ‖ '
    'entries_root ‖ u64 total_tickets ‖ u64 locked_at in microseconds ‖ beacon_chain_hash ‖ u64 '
    'beacon_round), 32 bytes; 22023 for a hash not of 32 bytes, 22003 for a number or time out of '
    'range (contract, section 5).';

revoke all on function private.lock_digest(
    text, uuid, integer, bytea, bytea, bytea, bigint, timestamptz, bytea, bigint
)
    from public, anon, authenticated, service_role;
