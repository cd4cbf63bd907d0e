-- The tickets under a node of a Merkle sum tree: its first eight bytes, big-endian. SQL has no
-- opposite of int8send, so the way is through hexadecimal and bits.

create or replace function private.merkle_node_sum(p_node bytea)
returns bigint
language plpgsql
immutable strict parallel safe
security invoker
set search_path = ''
as $$
begin
    return ('x' || encode(substring(p_node from 1 for 8), 'hex'))::bit(64)::bigint;
end
$$;

comment on function private.merkle_node_sum(bytea) is
    'The sum of a 40-byte node u64 sum ‖ hash of a Merkle sum tree (contract, section 5).';

revoke all on function private.merkle_node_sum(bytea)
    from public, anon, authenticated, service_role;
