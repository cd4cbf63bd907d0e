-- The same players and pots for the competitors, with more tickets and credits than are joined.
with pots as (
    insert into bench.pots (id, entry_cost, max_tickets, max_per_user, locks_at)
    select md5('pot ' || n)::uuid, 1, 1000000000, 1000000000, now() + interval '1 day'
    from generate_series(1, %(pots)s::integer) as numbers (n)
),

wallets as (
    insert into bench.wallets (user_id, balance)
    select md5('player ' || n)::uuid, 1000000000
    from generate_series(1, %(players)s::integer) as numbers (n)
)

insert into bench.accounts (id, allow_negative)
select n, n > %(pots)s::integer
from generate_series(1, %(pots)s::integer + %(players)s::integer) as numbers (n)
