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
),

asked as (
    insert into bench.asked (number, item, key)
    select
        n,
        format(
            '"pot_id": "{pot}", "user_id": "%%s", "ticket_count": 1, "ip": "%%s.%%s.%%s.%%s",'
            ' "device": "%%s", "region": "DE"',
            md5('player ' || n)::uuid, 1 + n / 16777216, n / 65536 %% 256, n / 256 %% 256, n %% 256,
            md5('player ' || n)::uuid
        ),
        format(', "idempotency_key": "%%s-{batch}"', left(md5('key ' || n), 8))
    from generate_series(1, %(players)s::integer) as numbers (n)
)

insert into bench.accounts (id, allow_negative)
select n, n > %(pots)s::integer
from generate_series(1, %(pots)s::integer + %(players)s::integer) as numbers (n)
