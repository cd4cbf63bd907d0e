-- Five accounts on one device are a ring; two of a family's tablet are not held for that alone.

begin;
\ir ../support/helpers.sql
\ir ../support/crowds.sql
select plan(5);

select open_pot('big', '{"max_tickets": 200, "max_per_user": 5}');
select join_honest('big', n) is null from generate_series(1, 10) as g (n);
select join_from('ring ' || n, 'big', 5, '203.0.113.' || n, 'one phone') is null
from generate_series(1, 5) as g (n);
select join_honest('big', n) is null from generate_series(11, 20) as g (n);
select join_from('mother', 'big', 1, '192.0.2.7', 'tablet') is null;
select join_honest('big', n) is null from generate_series(21, 30) as g (n);
select join_from('child', 'big', 2, '192.0.2.7', 'tablet') is null;
select join_honest('big', n) is null from generate_series(31, 40) as g (n);
select pass_time('1 hour');
select lock('big') ? 'lock_digest';

select is(suspects('big'), '{ring 1,ring 2,ring 3,ring 4,ring 5}', 'the ring is held, nobody else');
select is(
    (select count(*) from flags('big') as f where f.kind = 'shared_device'), 5::bigint,
    'each for the device that they share'
);
select is(
    (
        select f.evidence - 'weights' - 'group' from flags('big') as f
        where f.kind = 'shared_device' limit 1
    ),
    '{"members": 5, "accounts_ever": 5, "players": 47, "tickets": 25, "members_at_cap": 5,
    "span": 4, "new_devices": 0, "pots_together": 0.0, "pots_expected": 0.0}',
    'and the numbers say why'
);
select ok(
    not exists (
        select
        from flags('big') as f
        inner join public.pot_entries as e
            on strpos(f.evidence::text, e.device_hash) > 0
            or strpos(f.evidence::text, e.ip_hash) > 0
    ),
    'no hash of an address or a device is in the evidence'
);
select is(
    (
        select jsonb_agg(distinct e.data - 'flag_id') from private.events as e
        where e.kind = 'flag_raised' and e.data ->> 'kind' = 'shared_device'
    ),
    (
        select jsonb_agg(distinct jsonb_build_object(
            'kind', f.kind, 'score', f.score, 'effect', f.effect
        ))
        from flags('big') as f where f.kind = 'shared_device'
    ),
    'each is an event too'
);

select * from finish();
rollback;
