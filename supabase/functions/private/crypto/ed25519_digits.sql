-- Recodes a scalar in width-5 non-adjacent form: at most every fifth digit is not zero, and such a
-- digit is odd and within -15..15. A scalar of 253 bits costs some 42 point additions that way.
--
-- Raises: nothing for the scalars below 2^253 that it is called with.

create or replace function private.ed25519_digits(p_scalar numeric)
returns integer[]
language plpgsql
immutable strict parallel safe
security invoker
set search_path = ''
as $$
declare
    v_digits integer[] := array_fill(0, array[254], array[0]);
    v_words bit varying := b'';  -- the scalar's bits, the most significant first
    v_rest numeric := p_scalar;
    v_at integer := 0;  -- bits below v_at are recoded
    v_carry integer := 0;
    v_window integer;
begin
    for v_word in 1..9 loop
        v_words := mod(v_rest, 4294967296)::bigint::bit(32) || v_words;
        v_rest := div(v_rest, 4294967296);
    end loop;

    while v_at < 254 loop
        if substring(v_words, 288 - v_at, 1)::integer = v_carry then
            v_at := v_at + 1;  -- bit plus carry is even: the digit is 0 and the carry stays
            continue;
        end if;
        v_window := substring(v_words, 284 - v_at, 5)::integer + v_carry;
        v_carry := v_window >> 4;
        v_digits[v_at] := v_window - 32 * v_carry;
        v_at := v_at + 5;
    end loop;
    return v_digits;
end
$$;

comment on function private.ed25519_digits(numeric) is
    'Width-5 non-adjacent form of an integer 0 <= n < 2^253: digits [0..253], n = sum of '
    'digit[i] * 2^i, each digit 0 or odd within -15..15 (Guide to Elliptic Curve Cryptography, '
    'algorithm 3.35).';

revoke all on function private.ed25519_digits(numeric)
    from public, anon, authenticated, service_role;
