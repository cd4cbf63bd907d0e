-- Recognises the eight points whose order divides the cofactor 8, by their canonical encodings.
--
-- Raises: nothing.

create or replace function private.ed25519_is_small_order(p_encoding bytea)
returns boolean
language plpgsql
immutable strict parallel safe
security invoker
set search_path = ''
as $$
begin
    return p_encoding in (
        -- order 1 and 2: (0, 1) and (0, -1)
        '\x0100000000000000000000000000000000000000000000000000000000000000',
        '\xecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
        -- order 4: (sqrt(-1), 0) and (-sqrt(-1), 0)
        '\x0000000000000000000000000000000000000000000000000000000000000000',
        '\x0000000000000000000000000000000000000000000000000000000000000080',
        -- order 8
        '\x26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
        '\x26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
        '\xc7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
        '\xc7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa'
    );
end
$$;

comment on function private.ed25519_is_small_order(bytea) is
    'True if the bytes are the canonical encoding of one of the eight points P with [8]P = '
    'identity; false for anything else, of any length.';

revoke all on function private.ed25519_is_small_order(bytea)
    from public, anon, authenticated, service_role;
