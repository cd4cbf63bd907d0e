-- What a verifier computes of a draw, step by step, with the functions the database itself uses
-- (contract section 5). All inputs are fixed, so the output is the same everywhere. Nothing is
-- kept.
--
-- Run it with psql on the database of `pypot db up`, as postgres.

begin;

-- The seed 000102…1f and its commitment; what is public of it before the lock is the tag alone.
select encode(sha256(seed), 'hex') as commit_hash
from (values (
    '\x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'::bytea
)) as s (seed);

select encode(private.commit_tag(
    'pots', '11111111-1111-1111-1111-111111111111',
    '\x630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd'
), 'hex') as commit_tag;

-- An entry's public name opens with the salt its buyer keeps.
select encode(private.entrant_tag(
    decode(repeat('ab', 32), 'hex'),
    '11111111-1111-1111-1111-111111111111', '22222222-2222-2222-2222-222222222222'
), 'hex') as entrant_tag;

-- Three entries of 3, 5 and 2 tickets: the root's sum is the number of tickets.
create temporary table tree as
select private.store_merkle_tree('11111111-1111-1111-1111-111111111111', string_agg(
    private.merkle_leaf(
        'pots', '11111111-1111-1111-1111-111111111111', e.tickets, sha256(e.name::bytea)
    ), ''::bytea order by e.place
)) as root
from (values (1, 'ann', 3), (2, 'bob', 5), (3, 'eve', 2)) as e (place, name, tickets);

select
    private.merkle_node_sum(root) as total_tickets,
    encode(substr(root, 9), 'hex') as entries_root
from tree;

-- The path of ticket 7, which is bob's: two siblings, and the sum on the left is his first ticket.
select p.step ->> 'side' as side, p.step ->> 'sum' as sum, left(p.step ->> 'hash', 16) as hash
from jsonb_array_elements(
    private.merkle_path('11111111-1111-1111-1111-111111111111', 7)
) as p (step);

-- The draw: HMAC-SHA-256(seed, commit_hash) as a number, modulo the tickets.
select
    private.draw_index(h.hmac, 100) as of_100_tickets,
    private.draw_index(h.hmac, 10) as of_10_tickets
from (
    select private.draw_hmac(
        '\x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
        '\x630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd'
    ) as hmac
) as h;

-- Signatures are verified in the database: RFC 8032, section 7.1, TEST 2; and with one bit changed.
select private.ed25519_verify(
    '\x3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', message,
    '\x92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da'
    '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00'
) as is_valid, message
from (values ('\x72'::bytea), ('\x73')) as m (message);

rollback;
