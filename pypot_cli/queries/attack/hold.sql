-- The owner has a flag on the entry's player that is written now hold the payout of its pot.
with flagged as (
    insert into private.flags (
        pot_id, entry_id, user_id, kind, score, evidence, phase, effect, created_at, updated_at
    )
    select
        e.pot_id, e.id, e.user_id, 'a_pretext', 1, '{}', 'reveal', 'hold',
        private.now() - interval '1 hour', private.now()
    from public.pot_entries as e
    where e.id = %s
    returning flag_id, pot_id
)

insert into private.holding_flags (flag_id, pot_id, noted_at)
select f.flag_id, f.pot_id, private.now() - interval '1 hour'
from flagged as f
