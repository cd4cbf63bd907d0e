-- Whoever writes which flags may hold a payout, the owner included, cannot name others than the
-- reveal does (private.note_holding_flags).

begin;
\ir ../support/helpers.sql
select plan(7);

select register_keys();
select open_pot(n.name, '{"max_tickets": 7, "max_per_user": 1, "entry_cost": 10}')
from unnest('{one,two}'::text[]) as n (name);
select bring_to(n.name, 'settling') from unnest('{one,two}'::text[]) as n (name);

create temporary table found on commit drop as
select r.what, flag(e.user_id, 'one', r.effect) as flag_id
from (
    select n.user_id, row_number() over (order by n.seq) as place
    from public.pot_entries as n
    where n.pot_id = pot_id('one')
) as e
inner join (
    values (1, 'holds', 'hold'), (2, 'refuses', 'refuse'), (3, 'noted', 'note'),
    (4, 'cleared', 'hold')
) as r (place, what, effect) on e.place = r.place;
select review('carol', f.flag_id, 'clear') from found as f where f.what = 'cleared';

create function pg_temp.noted(p_what text, p_pot text)
returns text
language sql
as $$
    select format(
        'insert into private.holding_flags (flag_id, pot_id, noted_at) values (%L, %L, now())',
        f.flag_id, pot_id(p_pot)
    )
    from found as f
    where f.what = p_what
$$;
select throws_ok(
    pg_temp.noted(r.what, r.pot), '23514', 'a flag is made to hold before the reveal only', r.why
)
from (
    values
    ('noted', 'one', 'a flag that is only noted'),
    ('cleared', 'one', 'a flag that was cleared'),
    ('holds', 'two', 'a flag of another pot')
) as r (what, pot, why);
select throws_ok(
    format(
        'insert into private.holding_flags (flag_id, pot_id, noted_at) values (%L, %L, now())',
        gen_random_uuid(), pot_id('one')
    ),
    '23514', 'a flag is made to hold before the reveal only', 'no flag at all'
);
select lives_ok(pg_temp.noted('holds', 'one'), 'a flag with a hold can');
select lives_ok(pg_temp.noted('refuses', 'one'), 'and one that would have turned the join away');
select is(
    (
        select array_agg(f.what order by f.what)
        from private.holding_flags as h
        inner join found as f on h.flag_id = f.flag_id
    ),
    '{holds,refuses}', 'and no other'
);

select * from finish();
rollback;
