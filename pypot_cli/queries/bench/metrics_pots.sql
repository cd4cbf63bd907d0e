-- Thirty days of pots of twenty tickets, all full, in 20 to 150 seconds, and settled 2 seconds
-- later; of a hundred one is voided after its lock.
with made as (
    select
        n,
        md5('pot ' || n)::uuid as id,
        encode(sha256(convert_to('tag ' || n, 'UTF8')), 'hex') as tag,
        timestamptz '2030-01-01 00:00:00Z' + n * interval '30 days' / %(pots)s as opened,
        make_interval(secs => 20 + mod(n * 7919, 1310) / 10.0) as fill,
        n %% 100 = 99 as voided
    from generate_series(0, %(pots)s::bigint - 1) as numbers (n)
),

opened as (
    insert into public.pots (
        id, status, entry_cost, max_tickets, max_per_user, draw_version, commit_tag, commit_hash,
        reveal_seed, rules_text, rules_hash, locks_at, total_tickets, entries_root, lock_digest,
        winner_user_id, created_at, locked_at, settled_at, cancelled_at
    )
    select
        m.id, case when m.voided then 'cancelled' else 'settled' end::public.pot_status,
        10, 20, 20, 1, m.tag, m.tag, case when not m.voided then m.tag end, '{}', m.tag,
        m.opened + interval '300 seconds', 20, m.tag, m.tag,
        case when not m.voided then m.id end, m.opened, m.opened + m.fill,
        case when not m.voided then m.opened + m.fill + interval '2 seconds' end,
        case when m.voided then m.opened + m.fill + interval '60 seconds' end
    from made as m
),

escrows as (
    insert into private.accounts (kind, pot_id, created_at)
    select 'escrow', m.id, m.opened from made as m
    returning id, pot_id
),

states as (
    insert into private.pot_states (
        pot_id, escrow_account, min_participants, fill_seconds, cancel_reason, pepper_id
    )
    select m.id, e.id, 2, 300, case when m.voided then 'voided' end, (
        select max(k.id) from private.peppers as k
    )
    from made as m
    inner join escrows as e on m.id = e.pot_id
),

payouts as (
    insert into private.transfers (kind, pot_id, amount, created_at)
    select 'payout', m.id, 200, m.opened + m.fill + interval '2 seconds'
    from made as m
    where not m.voided
    returning id, pot_id
),

paid as (
    insert into private.ledger_entries (transfer_id, account_id, amount)
    select side.transfer_id, e.id, side.amount
    from payouts as p
    inner join escrows as e on p.pot_id = e.pot_id
    cross join lateral (values (p.id, -200), (-p.id, 200)) as side (transfer_id, amount)
)

insert into private.settlements (
    pot_id, entry_id, transfer_id, winning_ticket, prize, proof, created_at, draw_version,
    total_tickets, reveal_micros, winner_rank, winner_share, expected_share
)
select
    p.pot_id, p.pot_id, p.id, 0, 200, '{}', m.opened + m.fill + interval '2 seconds', 1,
    20, 2000000, 0, 0.05, 0.05
from payouts as p
inner join made as m on p.pot_id = m.id
