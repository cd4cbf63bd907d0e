-- Two calls without a key are two entries.

begin;
\ir ../support/helpers.sql
select plan(2);

select make_user('ann', 100);
select open_pot('big');
select isnt(
    join_pot('ann', 'big', 1, null) -> 'entry_id', join_pot('ann', 'big', 1, null) -> 'entry_id',
    'two entries'
);
select is((select count(*) from private.idempotency_keys), 0::bigint, 'and no key is kept');

select * from finish();
rollback;
