-- Sharing an address is no crime: nobody of a family of four, an office of twelve or a carrier of
-- thirty is held for it.

begin;
\ir ../support/helpers.sql
\ir ../support/crowds.sql
select plan(2);

select open_pot('big', '{"max_tickets": 500, "max_per_user": 5}');
select join_honest('big', n) is null from generate_series(1, 15) as g (n);
select join_from('family ' || n, 'big', 1 + n % 3, '192.0.2.7', 'own phone ' || n) is null,
    join_honest('big', 20 + n) is null
from generate_series(1, 4) as g (n);
select join_from('office ' || n, 'big', 1 + n % 4, '192.0.2.8', 'work phone ' || n) is null,
    join_honest('big', 30 + 2 * n) is null, join_honest('big', 31 + 2 * n) is null
from generate_series(1, 12) as g (n);
select join_from('carried ' || n, 'big', 1 + n % 2, '192.0.2.9', 'mobile ' || n) is null,
    join_honest('big', 100 + 2 * n) is null, join_honest('big', 101 + 2 * n) is null
from generate_series(1, 30) as g (n);
select pass_time('1 hour');
select lock('big') ? 'lock_digest';

select is(suspects('big'), '{}', 'nobody is held');
select is(open_alerts(), '{duplicate_addresses}', 'a person is told that an address is shared');

select * from finish();
rollback;
