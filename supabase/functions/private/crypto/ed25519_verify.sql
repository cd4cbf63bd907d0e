-- Verifies an Ed25519 signature (RFC 8032, section 5.1.7), strictly.
--
-- Guards: the signature R ‖ S has 64 bytes; neither key nor R of small order; S < L; the key is the
-- canonical encoding of a point (its 32 bytes included); and then [S]B = R + [k]A without the
-- cofactor, k = SHA-512(R ‖ A ‖ message) mod L, with R canonical.
-- Raises: nothing. Whatever is malformed is false.
--
-- Every signature that this accepts, OpenSSL accepts. OpenSSL also takes keys and an R of small
-- order and keys that are not canonical, which no honest signer makes; ZIP-215 is laxer still.
--
-- A point is kept as (e, f, g, h) with x = e / g and y = h / f: extended coordinates are X = e f,
-- Y = g h, Z = f g, T = e h, and each formula multiplies out only those it needs (Hisil, Wong,
-- Carter, Dawson 2008). For the reduction see ed25519_decompress. The loops carry all the cost, and
-- a call costs as much as several multiplications, so their formulas are written out in place.

create or replace function private.ed25519_verify(
    p_public_key bytea,
    p_message bytea,
    p_signature bytea
)
returns boolean
language plpgsql
immutable strict parallel safe
security invoker
set search_path = ''
as $$
declare
    c_p constant numeric :=  -- 2^255 - 19
        57896044618658097711785492504343953926634992332820282019728792003956564819949;
    c_mu constant numeric :=  -- 1 / p
        17272337110188889250772703725600799142232000728872562770047406940337183606330522e-156;
    c_order constant numeric :=  -- L = 2^252 + 27742317777372353535851937790883648493
        7237005577332262213973186563042994240857116359379907606001950938285454250989;
    c_2d constant numeric :=
        16295367250680780974490674513165176452449235426866156013048779062215315747161;
    c_base constant numeric[] := array[  -- B
        15112221349535400772501151409588531511454012693041857206046113283949847762202,
        46316835694926478169428394003475163141307993866256225615783033603165251855960
    ];
    v_r bytea;
    v_hash bytea;
    v_points numeric[];
    v_s numeric := 0;
    v_k numeric := 0;
    v_y_r numeric;
    v_digits integer[];
    v_digit integer;
    v_i integer;
    v_mirror integer;
    -- Odd multiples of -A, then of B, in the form that addition wants: digit d of -A is entry
    -- (d + 15) / 2, of B 16 entries on. A negative point has y + x and y - x swapped, so that one
    -- array and a mirrored index give both.
    v_y_plus_x numeric[] := array_fill(0::numeric, array[32], array[0]);
    v_2z numeric[] := array_fill(0::numeric, array[32], array[0]);
    v_2dt numeric[] := array_fill(0::numeric, array[32], array[0]);
    v_step_y_plus_x numeric;
    v_step_y_minus_x numeric;
    v_step_2z numeric;
    v_step_2dt numeric;
    x numeric;
    y numeric;
    z numeric;
    t numeric;
    a numeric;
    b numeric;
    c numeric;
    d numeric;
    e numeric;
    f numeric;
    g numeric;
    h numeric;
    w numeric;  -- whatever waits for its reduction
begin
    if octet_length(p_signature) <> 64 then
        return false;
    end if;
    v_r := substring(p_signature from 1 for 32);
    if private.ed25519_is_small_order(p_public_key) or private.ed25519_is_small_order(v_r) then
        return false;
    end if;
    for v_byte in reverse 63..32 loop
        v_s := v_s * 256 + get_byte(p_signature, v_byte);
    end loop;
    if v_s >= c_order then
        return false;
    end if;
    v_points := private.ed25519_decompress(p_public_key);
    if v_points is null then
        return false;
    end if;
    v_points := array[c_p - v_points[1], v_points[2]] || c_base;

    v_hash := sha512(v_r || p_public_key || p_message);
    for v_byte in reverse 63..0 loop
        v_k := v_k * 256 + get_byte(v_hash, v_byte);
    end loop;
    v_digits := private.ed25519_digits(mod(v_k, c_order)) || private.ed25519_digits(v_s);

    -- P, 3P .. 15P of both points. The first round makes 2P = P + P (the formula holds for equal
    -- points too), which is what the later rounds add.
    for v_side in 0..1 loop
        x := v_points[2 * v_side + 1];
        y := v_points[2 * v_side + 2];
        z := 1;
        t := mod(x * y, c_p);
        for v_round in 7..15 loop
            if v_round = 7 then
                v_step_y_plus_x := y + x;
                v_step_y_minus_x := y - x;
                v_step_2z := 2;
                v_step_2dt := mod(c_2d * t, c_p);
            else
                v_i := 16 * v_side + v_round;
                v_mirror := 16 * v_side + 15 - v_round;
                v_y_plus_x[v_i] := y + x;
                v_y_plus_x[v_mirror] := y - x;
                v_2z[v_i] := 2 * z;
                v_2z[v_mirror] := 2 * z;
                w := c_2d * t;
                v_2dt[v_i] := w - c_p * trunc(w * c_mu, 0);
                v_2dt[v_mirror] := -v_2dt[v_i];
            end if;

            a := (y - x) * v_step_y_minus_x;
            b := (y + x) * v_step_y_plus_x;
            c := t * v_step_2dt;
            d := z * v_step_2z;
            e := mod(b - a, c_p);
            f := mod(d - c, c_p);
            g := mod(d + c, c_p);
            h := mod(b + a, c_p);
            if v_round = 7 then
                v_step_y_plus_x := mod(g * h + e * f, c_p);
                v_step_y_minus_x := mod(g * h - e * f, c_p);
                v_step_2z := mod(2 * f * g, c_p);
                v_step_2dt := mod(c_2d * mod(e * h, c_p), c_p);
            else
                x := mod(e * f, c_p);
                y := mod(g * h, c_p);
                z := mod(f * g, c_p);
                t := mod(e * h, c_p);
            end if;
        end loop;
    end loop;

    -- [k](-A) + [S]B, both scalars at once (Straus), from the identity.
    e := 0;
    f := 1;
    g := 1;
    h := 1;
    for v_bit in reverse 253..0 loop
        -- Double: e = 2 X Y, g = Y^2 - X^2, h = Y^2 + X^2, f = 2 Z^2 - g.
        w := e * f;
        x := w - c_p * trunc(w * c_mu, 0);
        w := g * h;
        y := w - c_p * trunc(w * c_mu, 0);
        w := f * g;
        z := w - c_p * trunc(w * c_mu, 0);
        w := 2 * x * y;
        e := w - c_p * trunc(w * c_mu, 0);
        x := x * x;
        y := y * y;
        w := y - x;
        g := w - c_p * trunc(w * c_mu, 0);
        w := y + x;
        h := w - c_p * trunc(w * c_mu, 0);
        w := 2 * z * z - g;
        f := w - c_p * trunc(w * c_mu, 0);

        for v_side in 0..1 loop
            v_digit := v_digits[254 * v_side + v_bit];
            if v_digit = 0 then
                continue;
            end if;
            v_i := 16 * v_side + (v_digit + 15) / 2;
            v_mirror := 16 * v_side + (15 - v_digit) / 2;

            -- Add: e = b - a, f = d - c, g = d + c, h = b + a.
            w := e * f;
            x := w - c_p * trunc(w * c_mu, 0);
            w := g * h;
            y := w - c_p * trunc(w * c_mu, 0);
            w := f * g;
            z := w - c_p * trunc(w * c_mu, 0);
            w := e * h;
            t := w - c_p * trunc(w * c_mu, 0);
            a := (y - x) * v_y_plus_x[v_mirror];
            b := (y + x) * v_y_plus_x[v_i];
            c := t * v_2dt[v_i];
            d := z * v_2z[v_i];
            w := b - a;
            e := w - c_p * trunc(w * c_mu, 0);
            w := d - c;
            f := w - c_p * trunc(w * c_mu, 0);
            w := d + c;
            g := w - c_p * trunc(w * c_mu, 0);
            w := b + a;
            h := w - c_p * trunc(w * c_mu, 0);
        end loop;
    end loop;

    -- The result is R if y = h / f is its y and x = e / g has its sign. A y of R that is not
    -- below p would pass mod(), hence the first comparison.
    v_y_r := get_byte(v_r, 31) & 127;
    for v_byte in reverse 30..0 loop
        v_y_r := v_y_r * 256 + get_byte(v_r, v_byte);
    end loop;
    if v_y_r >= c_p or mod(h - v_y_r * f, c_p) <> 0 then
        return false;
    end if;

    -- 1 / g by Euclid's algorithm: a = c g and b = d g (mod p) throughout, until b is 0 and a is 1.
    a := c_p;
    b := mod(mod(g, c_p) + c_p, c_p);
    c := 0;
    d := 1;
    while b <> 0 loop
        w := div(a, b);
        t := a - w * b;
        a := b;
        b := t;
        t := c - w * d;
        c := d;
        d := t;
    end loop;
    x := mod(mod(e * c, c_p) + c_p, c_p);
    return mod(x, 2) = get_byte(v_r, 31) >> 7;
end
$$;

comment on function private.ed25519_verify(bytea, bytea, bytea) is
    'True if the 64-byte signature R ‖ S over the message is valid under the 32-byte public key '
    '(RFC 8032, 5.1.7, cofactorless; S < L, canonical points, none of small order); anything else, '
    'of any length, is false.';

revoke all on function private.ed25519_verify(bytea, bytea, bytea)
    from public, anon, authenticated, service_role;
