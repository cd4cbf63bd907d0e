-- The eight points of small order are refused as key and as R, in their canonical encodings and
-- in the six others that a lax decoder would take for them.
--
-- Each signature below satisfies [S]B = R + [k]A without anybody having signed: those of point
-- 'A' by a key of small order and a message whose k is a multiple of 8, those of point 'R' by an
-- R of small order. Only the guards stop them, so losing a guard turns this file red.

begin;
set local search_path = extensions, public;
select plan(61);

create temporary table forgeries (point text, public_key bytea, message bytea, signature bytea)
on commit drop;

insert into forgeries (point, public_key, message, signature) values
    ('A', '\x0100000000000000000000000000000000000000000000000000000000000000', '\x06',
     '\x7767a3242dc9b58bbc68488c1265cc6cc5f26c6f3c88a5d55e901b0734dca572'
     'd20a1feb8ca954ab000000000000000000000000000000000000000000000000'),
    ('A', '\xecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', '\x08',
     '\x7767a3242dc9b58bbc68488c1265cc6cc5f26c6f3c88a5d55e901b0734dca572'
     'd20a1feb8ca954ab000000000000000000000000000000000000000000000000'),
    ('A', '\x0000000000000000000000000000000000000000000000000000000000000000', '\x09',
     '\x7767a3242dc9b58bbc68488c1265cc6cc5f26c6f3c88a5d55e901b0734dca572'
     'd20a1feb8ca954ab000000000000000000000000000000000000000000000000'),
    ('A', '\x0000000000000000000000000000000000000000000000000000000000000080', '\x02',
     '\x7767a3242dc9b58bbc68488c1265cc6cc5f26c6f3c88a5d55e901b0734dca572'
     'd20a1feb8ca954ab000000000000000000000000000000000000000000000000'),
    ('A', '\x26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', '\x0d',
     '\x7767a3242dc9b58bbc68488c1265cc6cc5f26c6f3c88a5d55e901b0734dca572'
     'd20a1feb8ca954ab000000000000000000000000000000000000000000000000'),
    ('A', '\x26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85', '\x01',
     '\x7767a3242dc9b58bbc68488c1265cc6cc5f26c6f3c88a5d55e901b0734dca572'
     'd20a1feb8ca954ab000000000000000000000000000000000000000000000000'),
    ('A', '\xc7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', '\x0a',
     '\x7767a3242dc9b58bbc68488c1265cc6cc5f26c6f3c88a5d55e901b0734dca572'
     'd20a1feb8ca954ab000000000000000000000000000000000000000000000000'),
    ('A', '\xc7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa', '\x03',
     '\x7767a3242dc9b58bbc68488c1265cc6cc5f26c6f3c88a5d55e901b0734dca572'
     'd20a1feb8ca954ab000000000000000000000000000000000000000000000000'),
    ('R', '\x0aa6b3d599c73ad139cb235a5ab0c5db0d0ef0c83851da35878f02c3bf53ce94', '\x00',
     '\x0100000000000000000000000000000000000000000000000000000000000000'
     '58dd3b4c5bdd61ab6de4d7f9f4b40f3d7d985d083790029bfbc6bea391fdfe05'),
    ('R', '\xb12473bf23186ab51be823a294b7ebb59ba0a8f2f4f761d5e3b2780d8b278c65', '\x1b',
     '\xecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'
     'da226f031b5103624178046c7b128cb70844df52baae241d46b0b41832f6cd0c'),
    ('R', '\xb12473bf23186ab51be823a294b7ebb59ba0a8f2f4f761d5e3b2780d8b278c65', '\x03',
     '\x0000000000000000000000000000000000000000000000000000000000000000'
     'c973305f5c11ad93d4521a16b57d159e21de8a49d4f77be5e750fabbcd172d01'),
    ('R', '\xb12473bf23186ab51be823a294b7ebb59ba0a8f2f4f761d5e3b2780d8b278c65', '\x14',
     '\x0000000000000000000000000000000000000000000000000000000000000080'
     '9a60f13c01280b853b5f62fea41f579198e73365dd382ec3a5a8fe583c4e1d04'),
    ('R', '\xb12473bf23186ab51be823a294b7ebb59ba0a8f2f4f761d5e3b2780d8b278c65', '\x01',
     '\x26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'
     '22ff2daf3e75d2053681704f488861fa964a11d734da485a126510cbbb128704'),
    ('R', '\xb12473bf23186ab51be823a294b7ebb59ba0a8f2f4f761d5e3b2780d8b278c65', '\x01',
     '\x26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85'
     'e40ec3f212ec9822e193871822b79fde4b64693a05da8e16284a659cbc908a06'),
    ('R', '\xb12473bf23186ab51be823a294b7ebb59ba0a8f2f4f761d5e3b2780d8b278c65', '\x0b',
     '\xc7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'
     '749c048de180de97bd19ef99895ae879154427d8dd275fa800a733ba2df6a206'),
    ('R', '\xb12473bf23186ab51be823a294b7ebb59ba0a8f2f4f761d5e3b2780d8b278c65', '\x09',
     '\xc7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa'
     'fe1c75323e6edd5946180b68a6445d03f2514c0aa582c393fa85b8dcbca7b202'),
    ('A', '\x0100000000000000000000000000000000000000000000000000000000000080', '\x01',
     '\x7767a3242dc9b58bbc68488c1265cc6cc5f26c6f3c88a5d55e901b0734dca572'
     'd20a1feb8ca954ab000000000000000000000000000000000000000000000000'),
    ('A', '\xecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff', '\x02',
     '\x7767a3242dc9b58bbc68488c1265cc6cc5f26c6f3c88a5d55e901b0734dca572'
     'd20a1feb8ca954ab000000000000000000000000000000000000000000000000'),
    ('A', '\xedffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', '\x06',
     '\x7767a3242dc9b58bbc68488c1265cc6cc5f26c6f3c88a5d55e901b0734dca572'
     'd20a1feb8ca954ab000000000000000000000000000000000000000000000000'),
    ('A', '\xedffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff', '\x01',
     '\x7767a3242dc9b58bbc68488c1265cc6cc5f26c6f3c88a5d55e901b0734dca572'
     'd20a1feb8ca954ab000000000000000000000000000000000000000000000000'),
    ('A', '\xeeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', '\x08',
     '\x7767a3242dc9b58bbc68488c1265cc6cc5f26c6f3c88a5d55e901b0734dca572'
     'd20a1feb8ca954ab000000000000000000000000000000000000000000000000'),
    ('A', '\xeeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff', '\x04',
     '\x7767a3242dc9b58bbc68488c1265cc6cc5f26c6f3c88a5d55e901b0734dca572'
     'd20a1feb8ca954ab000000000000000000000000000000000000000000000000'),
    ('R', '\x0aa6b3d599c73ad139cb235a5ab0c5db0d0ef0c83851da35878f02c3bf53ce94', '\x00',
     '\x0100000000000000000000000000000000000000000000000000000000000080'
     'b9dc6e0987da9f4b48a1004cdf0fc394bba9e774c059c3f470f2566115c61e0b'),
    ('R', '\xb12473bf23186ab51be823a294b7ebb59ba0a8f2f4f761d5e3b2780d8b278c65', '\x01',
     '\xecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'
     '9ccde7dc5a2349b4ea5cfe8b16c0dc71db8f9a1c1d1952e5cb4f227d12264603'),
    ('R', '\xb12473bf23186ab51be823a294b7ebb59ba0a8f2f4f761d5e3b2780d8b278c65', '\x08',
     '\xedffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'
     '79c33e36d0f376a228ddc246cd69c376d3781351feaeb3826fa602edf1553303'),
    ('R', '\xb12473bf23186ab51be823a294b7ebb59ba0a8f2f4f761d5e3b2780d8b278c65', '\x08',
     '\xedffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'
     'fbce6f22817a4e448060071451b14871d95854f4305b36bf77438fa12a679f0c'),
    ('R', '\x0aa6b3d599c73ad139cb235a5ab0c5db0d0ef0c83851da35878f02c3bf53ce94', '\x00',
     '\xeeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'
     'bce7a01a08b7b5bc6862d2ae2b71e9aee89b54f03dea098cabfa1955242eda02'),
    ('R', '\x0aa6b3d599c73ad139cb235a5ab0c5db0d0ef0c83851da35878f02c3bf53ce94', '\x00',
     '\xeeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'
     '6f0518f3357c6bab0a2eedee9e45ed08cbf94326556ae2ef24ac8bb87f6a2f00');

select is(count(*), 28::bigint, 'fourteen encodings, each as A and as R') from forgeries;

select ok(
    not private.ed25519_verify(public_key, message, signature),
    format('%s of small order: %s', point, case point when 'A' then public_key else signature end)
)
from forgeries;

select ok(not private.ed25519_is_valid_key(public_key), format('no key: %s', public_key))
from forgeries
where point = 'A';

-- The same bytes as R of a forgery are no keys either, and the keys of those forgeries are: what
-- is refused there is R.
select ok(
    not private.ed25519_is_valid_key(substring(signature from 1 for 32))
    and private.ed25519_is_valid_key(public_key),
    format('R is what is refused: %s', substring(signature from 1 for 32))
)
from forgeries
where point = 'R';

select is(
    (
        select count(distinct public_key)
        from forgeries
        where private.ed25519_is_small_order(public_key)
    ),
    8::bigint,
    'eight encodings are canonical'
);

-- A key with a part of small order beside an honest one. The equation is checked without the
-- factor 8 that would hide that part: it holds where k cancels it and nowhere else, as in
-- OpenSSL.
select ok(
    not private.ed25519_verify(
        '\xb12473bf23186ab51be823a294b7ebb59ba0a8f2f4f761d5e3b2780d8b278c65',
        '\x00',
        '\x3e016bec09438701ade3c45846ac9df66d3d2eeaa2ac40803abe16af126a0c0a'
        '15d68892d30e3e0e22b7181fa2ac5c87fa08c1c4dbfe62102cef92c120423908'
    ),
    'a signature that would hold only after multiplying by 8 is not valid'
);
select ok(
    private.ed25519_verify(
        '\xb12473bf23186ab51be823a294b7ebb59ba0a8f2f4f761d5e3b2780d8b278c65',
        '\x08',
        '\x3e016bec09438701ade3c45846ac9df66d3d2eeaa2ac40803abe16af126a0c0a'
        '86a139e108e268b2bdedd88f0509c2ce70fa5234fe7c44312ddbc2cff1e5940a'
    ),
    'the equation itself decides under such a key'
);
select ok(
    private.ed25519_is_small_order(''::bytea) = false
    and private.ed25519_is_small_order(null) is null,
    'no bytes are no point, and null in is null out'
);

select * from finish();
rollback;
