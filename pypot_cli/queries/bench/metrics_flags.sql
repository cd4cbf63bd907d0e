-- One flag a hundred entries, half of them decided.
insert into private.flags (
    pot_id, user_id, kind, score, evidence, phase, effect, status, created_at, updated_at,
    reviewed_by, reviewed_at, proposed_by, proposed_at
)
select
    p.id, gen_random_uuid(), (array['same_device', 'same_address', 'late_burst'])[1 + n %% 3],
    0.5, '{}', 'lock', 'note', case when n %% 2 = 0 then 'open' else 'cleared' end,
    p.locked_at, p.locked_at,
    case when n %% 2 = 1 then gen_random_uuid() end,
    case when n %% 2 = 1 then p.locked_at + interval '1 hour' end, null, null
from generate_series(0, %(pots)s::bigint - 1, 5) as numbers (n)
inner join public.pots as p on md5('pot ' || n)::uuid = p.id
