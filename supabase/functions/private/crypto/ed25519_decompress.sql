-- Decodes an Ed25519 point: y little-endian in the low 255 bits, the sign of x in the top bit
-- (RFC 8032, section 5.1.3). Only the one canonical encoding of a point is accepted.
--
-- Guards: 32 bytes; y < p; y belongs to a point of the curve; x = 0 only without the sign bit.
-- Raises: nothing. Bytes that encode no point give null.
--
-- Field arithmetic in this directory is numeric. A product z is reduced by Barrett's method,
-- z - p * trunc(z * mu) with mu = 1/p to 156 decimals, at about half the price of mod(z, p). While
-- |z| < 16 p^2 the quotient is off by at most one, so that a result lies in (-2p, 2p), nearly
-- always in (-p, p): congruent and small, not canonical. What is compared goes through mod() first.

create or replace function private.ed25519_decompress(p_encoding bytea)
returns numeric[]
language plpgsql
immutable strict parallel safe
security invoker
set search_path = ''
as $$
declare
    c_p constant numeric :=  -- 2^255 - 19
        57896044618658097711785492504343953926634992332820282019728792003956564819949;
    c_mu constant numeric :=
        17272337110188889250772703725600799142232000728872562770047406940337183606330522e-156;
    c_d constant numeric :=  -- of the curve -x^2 + y^2 = 1 + d x^2 y^2: -121665/121666
        37095705934669439343138083508754565189542113879843219016388785533085940283555;
    c_sqrt_minus_1 constant numeric :=  -- 2^((p - 1) / 4)
        19681161376707505956807079304988542015446066515923890162744021073123829784752;
    v_sign integer;
    v_x numeric;
    v_y numeric;
    v_u numeric;
    v_v numeric;
    v_base numeric;
    v_power numeric;
    v_half numeric;
    v_ones integer;
    v_one_more boolean;
    v_check numeric;
    z numeric;
begin
    if octet_length(p_encoding) <> 32 then
        return null;
    end if;

    v_sign := get_byte(p_encoding, 31) >> 7;
    v_y := get_byte(p_encoding, 31) & 127;
    for v_byte in reverse 30..0 loop
        v_y := v_y * 256 + get_byte(p_encoding, v_byte);
    end loop;
    if v_y >= c_p then
        return null;
    end if;

    -- x^2 = u / v with u = y^2 - 1 and v = d y^2 + 1 (v is never 0, since -1/d is no square).
    v_u := mod(v_y * v_y - 1, c_p);
    v_v := mod(c_d * v_y * v_y + 1, c_p);

    -- The candidate root is u v^3 (u v^7)^((p - 5) / 8), and (p - 5) / 8 = 2^252 - 3.
    -- With f(n) = base^(2^n - 1): f(2n) = f(n)^(2^n) f(n) and f(n + 1) = f(n)^2 base,
    -- so the bits of 250 = 0b11111010 after the first lead to f(250); the power is f(250)^4 base.
    v_x := mod(mod(v_u * v_v, c_p) * mod(v_v * v_v, c_p), c_p);
    v_base := mod(v_x * mod(mod(v_v * v_v, c_p) * mod(v_v * v_v, c_p), c_p), c_p);
    v_power := v_base;
    v_ones := 1;
    foreach v_one_more in array '{t,t,t,t,f,t,f}'::boolean[] loop
        v_half := v_power;
        for v_square in 1..v_ones loop
            z := v_power * v_power;
            v_power := z - c_p * trunc(z * c_mu, 0);
        end loop;
        v_power := mod(v_power * v_half, c_p);
        v_ones := 2 * v_ones;
        if v_one_more then
            v_power := mod(mod(v_power * v_power, c_p) * v_base, c_p);
            v_ones := v_ones + 1;
        end if;
    end loop;
    v_power := mod(v_power * v_power, c_p);
    v_power := mod(v_power * v_power, c_p);
    v_x := mod(v_x * mod(v_power * v_base, c_p), c_p);

    -- v x^2 = u: a root. v x^2 = -u: x times sqrt(-1) is one. Otherwise u / v is no square.
    v_check := mod(mod(v_x * v_x, c_p) * v_v, c_p);
    if mod(v_check + v_u, c_p) = 0 then
        v_x := mod(v_x * c_sqrt_minus_1, c_p);
    elsif mod(v_check - v_u, c_p) <> 0 then
        return null;
    end if;

    -- Of the two roots x and p - x the sign bit names the odd or the even one.
    v_x := mod(v_x + c_p, c_p);
    if v_x = 0 and v_sign = 1 then
        return null;
    end if;
    if mod(v_x, 2) <> v_sign then
        v_x := c_p - v_x;
    end if;
    return array[v_x, v_y];
end
$$;

comment on function private.ed25519_decompress(bytea) is
    'The affine point {x, y}, each within 0..p - 1, of a canonical 32-byte Ed25519 point encoding; '
    'null for bytes that encode no point, are not canonical or not 32 (RFC 8032, 5.1.3).';

revoke all on function private.ed25519_decompress(bytea)
    from public, anon, authenticated, service_role;
