-- HMAC-SHA-256 as this project calls it, extensions.hmac(data, key, 'sha256'), gives the values
-- of RFC 4231, section 4. The RFC gives test case 5 cut to 128 bits.

begin;
set local search_path = extensions, public;
select plan(8);

create temporary table vectors (name text, key bytea, data bytea, hmac bytea) on commit drop;

insert into vectors (name, key, data, hmac) values
    ('TEST CASE 1',
     '\x0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b',
     '\x4869205468657265',
     '\xb0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'),
    ('TEST CASE 2',
     '\x4a656665',
     '\x7768617420646f2079612077616e7420666f72206e6f7468696e673f',
     '\x5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'),
    ('TEST CASE 3',
     '\xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
     '\xdddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd'
     'dddddddddddddddddddddddddddddddddddd',
     '\x773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe'),
    ('TEST CASE 4',
     '\x0102030405060708090a0b0c0d0e0f10111213141516171819',
     '\xcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd'
     'cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd',
     '\x82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b'),
    ('TEST CASE 5',
     '\x0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c',
     '\x546573742057697468205472756e636174696f6e',
     '\xa3b6167473100ee06e0c796c2955552b'),
    ('TEST CASE 6',
     '\xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
     'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
     'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
     'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
     'aaaaaa',
     '\x54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a'
     '65204b6579202d2048617368204b6579204669727374',
     '\x60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54'),
    ('TEST CASE 7',
     '\xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
     'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
     'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
     'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
     'aaaaaa',
     '\x5468697320697320612074657374207573696e672061206c6172676572207468'
     '616e20626c6f636b2d73697a65206b657920616e642061206c61726765722074'
     '68616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565'
     '647320746f20626520686173686564206265666f7265206265696e6720757365'
     '642062792074686520484d414320616c676f726974686d2e',
     '\x9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2');

select is(
    substring(extensions.hmac(data, key, 'sha256') from 1 for octet_length(hmac)),
    hmac,
    name
)
from vectors;

select isnt(
    extensions.hmac(key, data, 'sha256'),
    hmac,
    'data and key are not interchangeable, so their order is proven'
)
from vectors
where name = 'TEST CASE 1';

select * from finish();
rollback;
