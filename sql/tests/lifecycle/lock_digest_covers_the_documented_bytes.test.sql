-- lock_digest = SHA-256 of tag, pot, u32 version, commitment, rules, root, u64 tickets, time in
-- microseconds, 32 zero bytes and round 0 (contract, section 5).

begin;
\ir ../support/helpers.sql
select plan(1);

select freeze_time('2030-01-02 03:04:05.678901Z');
select open_pot('big');
select fill('big');
select lock('big');
select is(
    p.lock_digest,
    encode(sha256(
        convert_to('pots/lock/v1', 'UTF8') || '\x00' || uuid_send(p.id) || '\x00000001'
        || decode(commit_hash('big'), 'hex')
        || sha256(
            convert_to('pots/rules/v1', 'UTF8') || '\x00' || convert_to(
                '{"draw_version":1,"entry_cost":10,"max_per_user":5,"max_tickets":10,'
                '"min_participants":2}',
                'UTF8'
            )
        )
        || decode(p.entries_root, 'hex') || '\x000000000000000a'
        -- 1893553445678901 microseconds since 1970.
        || int8send(1893553445678901)
        || decode(repeat('00', 40), 'hex')
    ), 'hex'),
    'every byte'
)
from pot('big') as p;

select * from finish();
rollback;
