-- What is hashed is one text an address, however it is written, and nothing that is no address.

begin;
\ir ../support/helpers.sql
select plan(81);

select is(private.normal_address(a.given), a.expected, coalesce(a.given, 'NULL'))
from (values
    ('203.0.113.77', '203.0.113.77'), (' 203.0.113.77 ', '203.0.113.77'),
    (e'\t203.0.113.77', '203.0.113.77'), ('0.0.0.0', '0.0.0.0'),
    ('255.255.255.255', '255.255.255.255'), ('10.1.2.3', '10.1.2.3'),
    -- A client has a /64 of its own.
    ('2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'), ('2001:DB8:1:2::', '2001:db8:1:2::/64'),
    ('2001:0db8:0001:0002:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'),
    ('2001:db8:1:3::1', '2001:db8:1:3::/64'), ('::1', '::/64'),
    ('2001:db8:1:2::198.51.100.1', '2001:db8:1:2::/64'),
    -- None is longer.
    ('2001:0db8:0001:0002:0003:0004:198.151.100.101', '2001:db8:1:2::/64'),
    -- IPv4 in IPv6's clothes.
    ('::ffff:203.0.113.77', '203.0.113.77'), ('::FFFF:cb00:714d', '203.0.113.77'),
    ('0:0:0:0:0:ffff:203.0.113.77', '203.0.113.77'), ('::ffff:0.0.0.0', '0.0.0.0'),
    ('::ffff:255.255.255.255', '255.255.255.255'),
    ('::203.0.113.77', '::/64'), ('::ffff:0:203.0.113.77', '::/64'),
    -- Neither port nor brackets, zone or mask.
    ('203.0.113.77:443', null), ('[2001:db8::1]', null), ('[2001:db8::1]:443', null),
    ('fe80::1%eth0', null), ('203.0.113.77/32', null), ('2001:db8::/64', null),
    ('203.0.113.77, 203.0.113.78', null), ('"203.0.113.77"', null), ('203.0.113.77;', null),
    -- One writing only: 010 is 8 to some and 10 to others.
    ('010.1.2.3', null), ('203.0.113.077', null), ('203.0.113', null), ('203.0.113.77.', null),
    ('.203.0.113.77', null), ('203.0.113.77.1', null), ('203.0.113.256', null), ('1', null),
    ('3405803853', null), ('0xcb.0.113.77', null), ('203.0..77', null), ('-1.2.3.4', null),
    ('1.2.3.4 5', null), ('1 .2.3.4', null),
    ('1:2:3:4:5:6:7', null), ('1:2:3:4:5:6:7:8:9', null), ('::1::', null), (':', null),
    (':::', null), ('12345::', null), ('g::1', null), ('::ffff:203.0.113.256', null),
    ('::ffff:1.2.3', null), ('1.2.3.4::', null),
    -- Nor what only looks like one.
    ('', null), (' ', null), (null, null), ('unknown', null), ('_hidden', null),
    ('localhost', null), (e'203.0.113.77\u200b', null), (e'\u200b203.0.113.77', null),
    (e'203.0.113.77\u00a0', null), (e'2001:db8::1\u2060', null), (e'203\uff0e0.113.77', null),
    (e'\u0662\u0660\u0663.0.113.77', null), (e'203.0.113.\uff17\uff17', null),
    (e'203.0.113.77\n', null), (e'203.0.113.77\r\nx', null),
    ('''; drop table public.pots; --', null)
) as a (given, expected);
select is(private.normal_address(l.text), null, 'a text of ' || length(l.text) || ' characters')
from unnest(array[
    repeat('1', 1000000), repeat(':', 1000000), repeat('1.', 500000), repeat('0', 46) || '::1'
]) as l (text);

select is(private.forwarded_address(f.header, f.hops), f.expected, f.said)
from (values
    ('1.1.1.1, 2.2.2.2,3.3.3.3', 1, '3.3.3.3', 'one hop: the last'),
    ('1.1.1.1, 2.2.2.2,3.3.3.3', 2, ' 2.2.2.2', 'two: the one before'),
    ('1.1.1.1', 1, '1.1.1.1', 'one of one'),
    ('1.1.1.1', 2, null, 'fewer than there are proxies'),
    ('1.1.1.1', 0, null, 'no proxy of ours'), (null, 1, null, 'no header'),
    ('1.1.1.1,', 1, '', 'an empty element is one'),
    (repeat('9.9.9.9, ', 100000) || '3.3.3.3', 1, ' 3.3.3.3', 'however long the rest is')
) as f (header, hops, expected, said);

select * from finish();
rollback;
