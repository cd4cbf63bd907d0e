-- A leaf of the Merkle sum tree over the entries of a round, as a node: u64 sum ‖ hash, 40 bytes.
-- The hash binds the number of tickets, the nodes above bind where they begin.
--
-- A lock calls this once an entry, and each function it called instead (tag, u32, bytes32) would
-- add a sixth to its price: their few bytes are written out.
--
-- Raises: 22023 if entrant_tag has not 32 bytes, 22003 for a ticket count outside 0..2^32 - 1.

create or replace function private.merkle_leaf(
    p_game text,
    p_round_id uuid,
    p_ticket_count bigint,
    p_entrant_tag bytea
)
returns bytea
language plpgsql
immutable strict parallel safe
security invoker
set search_path = ''
as $$
begin
    if p_ticket_count not between 0 and 4294967295 then
        raise exception 'a leaf cannot hold % tickets', p_ticket_count
            using errcode = 'numeric_value_out_of_range';
    end if;
    if octet_length(p_entrant_tag) <> 32 then
        raise exception 'an entrant tag has % bytes, not 32', octet_length(p_entrant_tag)
            using errcode = 'invalid_parameter_value';
    end if;
    return int8send(p_ticket_count) || sha256(
        '\x00'::bytea
        || convert_to(p_game || '/entry/v1', 'UTF8') || '\x00'::bytea
        || uuid_send(p_round_id)
        || substring(int8send(p_ticket_count) from 5 for 4)
        || p_entrant_tag
    );
end
$$;

comment on function private.merkle_leaf(text, uuid, bigint, bytea) is
    'u64 ticket_count ‖ SHA-256(0x00 ‖ T("<game>/entry/v1") ‖ round id ‖ u32 ticket_count ‖ '
    'entrant_tag), 40 bytes; 22023 for an entrant_tag not of 32 bytes, 22003 for a count outside '
    '0..2^32 - 1 (contract, section 5; RFC 6962, 2.1).';

revoke all on function private.merkle_leaf(text, uuid, bigint, bytea)
    from public, anon, authenticated, service_role;
