-- Sharing an address is no crime: nobody of a family of four, an office of twelve or a carrier of
-- thirty is held for it.

begin;
\ir ../support/helpers.sql
\ir ../support/crowds.sql
select plan(2);

select open_pot('big', '{"max_tickets": 500, "max_per_user": 5}');
-- As they come, in an order of chance.
select join_from(p.player, 'big', p.tickets, p.address, 'device of ' || p.player) is null
from (
    select j.*
    from (
        select 'family ' || n as player, 1 + n % 3 as tickets, '192.0.2.7' as address
        from generate_series(1, 4) as g (n)
        union all
        select 'office ' || n, 1 + n % 4, '192.0.2.8' from generate_series(1, 12) as g (n)
        union all
        select 'carried ' || n, 1 + n % 2, '192.0.2.9' from generate_series(1, 30) as g (n)
        union all
        select honest(n), 1 + n % 3, '198.51.100.' || n from generate_series(1, 90) as g (n)
    ) as j
    order by md5(j.player)
) as p;
select pass_time('1 hour');
select lock('big') ? 'lock_digest';

select is(suspects('big'), '{}', 'nobody is held');
select is(open_alerts(), '{duplicate_addresses}', 'a person is told that an address is shared');

select * from finish();
rollback;
