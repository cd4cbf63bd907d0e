-- Nothing is shared in this pot; earlier, or through an account that is not in it, all is.

begin;
\ir ../support/helpers.sql
\ir ../support/crowds.sql
select plan(2);

select freeze_time('2030-01-01 12:00:00Z');
select open_pot('first', '{"max_tickets": 200, "max_per_user": 5}');
select join_honest('first', n) is null from generate_series(1, 10) as g (n);
-- ann, bob and cid use the phone of eve here; dan her tablet, which she uses in the next pot.
select join_from(p.name, 'first', 5, p.address, p.device) is null
from (values
    ('ann', '203.0.113.1', 'phone'), ('bob', '203.0.113.2', 'phone'),
    ('cid', '203.0.113.5', 'phone'), ('eve', '203.0.113.3', 'phone'),
    ('dan', '203.0.113.4', 'tablet')
) as p (name, address, device);
select pass_time('1 hour');
select lock('first') ? 'lock_digest';
select open_pot('second', '{"max_tickets": 200, "max_per_user": 5}');
select join_honest('second', n) is null from generate_series(11, 20) as g (n);
select join_from('eve', 'second', 1, '203.0.113.3', 'tablet') is null;
select pass_time('1 hour');
select lock('second') ? 'lock_digest';

select open_pot('third', '{"max_tickets": 200, "max_per_user": 5}');
select join_honest('third', n) is null from generate_series(21, 35) as g (n);
select join_from(p, 'third', 5, p || '''s', p || '''s own') is null
from unnest('{ann,bob,cid,dan}'::text[]) as p;
select join_honest('third', n) is null from generate_series(36, 50) as g (n);
select pass_time('1 hour');
select lock('third') ? 'lock_digest';

select is(suspects('third'), '{ann,bob,cid,dan}', 'all four are held');
select ok(
    exists (select from flags('third') as f where f.player = 'dan' and f.kind = 'linked_accounts'),
    'dan through eve, who is not in the pot'
);

select * from finish();
rollback;
