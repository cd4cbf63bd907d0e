-- Neither TimeZone nor DateStyle of a session reaches the times of the API.

begin;
\ir ../support/helpers.sql
select plan(6);

select freeze_time('2030-06-01 22:30:00.5Z');
select make_user('ann', 100);
set local timezone = 'Asia/Kathmandu';
set local datestyle = 'German';
select open_pot('big', '{"fill_seconds": 3600, "min_participants": 1, "max_per_user": 10}');

select is(
    rpc('anon', 'list_pots') -> 0 ->> 'created_at', '2030-06-01T22:30:00.500000Z', 'listed'
);
select is(
    rpc('anon', 'get_pot', on_pot('big')) ->> 'locks_at', '2030-06-01T23:30:00.500000Z', 'got'
);
select join_pot('ann', 'big', 10);
select is(
    rpc('ann', 'my_entries') -> 0 ->> 'created_at', '2030-06-01T22:30:00.500000Z', 'own entry'
);
select is(lock('big') ->> 'locked_at', '2030-06-01T22:30:00.500000Z', 'locked');
select is(
    rpc('anon', 'get_audit_chain', on_pot('big')) -> 0 ->> 'created_at',
    '2030-06-01T22:30:00.500000Z', 'chained'
);
select is(
    (
        select m.payload ->> 'at'
        from messages('pots:' || pot_id('big')) as m
        where m.event = 'joined'
    ),
    '2030-06-01T22:30:00.500000Z', 'broadcast'
);

select * from finish();
rollback;
