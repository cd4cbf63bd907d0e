-- How far a beacon turns the drawn index. The beacon is hashed before it is a key, so it has 32
-- bytes that look random although a BLS signature is a point on a curve; the digest binds it to one
-- lock, so two draws of the same round turn differently.
--
-- Raises: 22023 for a signature that has not 48 bytes, a digest that has not 32, a total below 1.

create or replace function private.draw_rotation(
    p_beacon_signature bytea, p_lock_digest bytea, p_total bigint
)
returns bigint
language plpgsql
immutable strict parallel safe
security invoker
set search_path = ''
as $$
begin
    if octet_length(p_beacon_signature) <> 48 then
        raise exception 'a beacon''s signature has 48 bytes'
            using errcode = 'invalid_parameter_value';
    end if;
    return private.draw_index(
        extensions.hmac(private.bytes32(p_lock_digest), sha256(p_beacon_signature), 'sha256'),
        p_total
    );
end
$$;

comment on function private.draw_rotation(bytea, bytea, bigint) is
    'BE256(HMAC-SHA-256(key = SHA-256(beacon signature), lock_digest)) mod total, 0..total - 1; '
    'the signature is a compressed point of BLS12-381 G1, 48 bytes. 22023 for other lengths or a '
    'total below 1 (contract, section 5).';

revoke all on function private.draw_rotation(bytea, bytea, bigint)
    from public, anon, authenticated, service_role;
