-- Six accounts that come from one address, one after the other, each at the cap: an address alone
-- is nothing, that is.

begin;
\ir ../support/helpers.sql
\ir ../support/crowds.sql
select plan(3);

select open_pot('big', '{"max_tickets": 500, "max_per_user": 5}');
select join_honest('big', n) is null from generate_series(1, 20) as g (n);
select join_from('ring ' || n, 'big', 5, '203.0.113.1', 'phone ' || n) is null
from generate_series(1, 6) as g (n);
select join_honest('big', n) is null from generate_series(21, 40) as g (n);
select pass_time('1 hour');
select lock('big') ? 'lock_digest';

select is(
    suspects('big'), array(select 'ring ' || n from generate_series(1, 6) as g (n)),
    'the ring is held, nobody else'
);
select is(
    (select array_agg(distinct f.kind order by f.kind) from flags('big') as f),
    '{cap_splitting,shared_address,synchronised_joins}', 'for all three reasons'
);
select ok(
    (select bool_and(f.score between 0.9 and 0.999) from flags('big') as f), 'with high scores'
);

select * from finish();
rollback;
