-- With draw 2 the reveal is stored long before anybody can know the winner. What detection or
-- compliance writes after it, or raises to a hold, holds nothing: it would be a last look.

begin;
\ir ../support/helpers.sql
select plan(18);

select register_keys();
-- The same pot three times, up to the reveal; the winner is the same entry's each time.
select lock_for_the_beacon();
select open_pot(
    n.name, '{"draw_version": 2, "max_tickets": 7, "max_per_user": 1, "entry_cost": 10}'
)
from unnest('{early,late,raised,cleared}'::text[]) as n (name);
select bring_to(n.name, 'settling') from unnest('{early,late,raised,cleared}'::text[]) as n (name);
-- Everybody is flagged, so whoever wins is.
create function pg_temp.flag_all(p_pot text, p_effect text)
returns bigint
language sql
as $$
    select count(flag(e.user_id, p_pot, p_effect))
    from public.pot_entries as e
    where e.pot_id = pot_id(p_pot)
$$;
select is(pg_temp.flag_all('early', 'hold'), 7::bigint, 'flagged before the reveal');
select is(pg_temp.flag_all('raised', 'note'), 7::bigint, 'noted before the reveal');
select is(pg_temp.flag_all('cleared', 'hold'), 7::bigint, 'flagged and cleared before the reveal');
select review('carol', f.flag_id, 'clear')
from private.flags as f
where f.pot_id = pot_id('cleared');
-- The very microsecond of the reveal: what counts is what was there, not what time it says.
select reveal(n.name) from unnest('{early,late,raised,cleared}'::text[]) as n (name);
select is(
    (select array_agg(h.pot_id) from private.holding_flags as h),
    array_fill(pot_id('early'), array[7]), 'what can hold is fixed with the reveal'
);
select is(pg_temp.flag_all('late', 'hold'), 7::bigint, 'flagged after it, at the same microsecond');
update private.flags as f
set effect = 'hold', score = 0.99
where f.pot_id = pot_id('raised');
update private.flags as f
set created_at = f.created_at - interval '1 hour'
where f.pot_id = pot_id('late');
select is(
    (select count(*) from private.holding_flags), 7::bigint,
    'raised, or backdated, a flag cannot hold any more'
);
select throws_ok(
    format(
        'insert into private.holding_flags (flag_id, pot_id, noted_at) '
        'select f.flag_id, f.pot_id, private.now() from private.flags as f where f.pot_id = %L',
        pot_id('late')
    ),
    '23514', 'a flag is made to hold before the reveal only', 'nor be made to, by the owner'
);
select throws_ok(
    'select private.note_holding_flags(f.pot_id) from private.flags as f '
    'where f.pot_id = pot_id(''raised'')',
    '23514', 'a flag is made to hold before the reveal only', 'nor by the function again'
);
select throws_ok(
    'delete from private.holding_flags where true',
    '42501', 'private.holding_flags is append-only', 'and what holds is kept'
);

select freeze_time('2023-09-15 11:00:03Z');
select submit_beacon(n.name) from unnest('{early,late,raised,cleared}'::text[]) as n (name);
select is(held('early'), 70::bigint, 'flagged before the reveal: held');
select is(
    (chain('early'))[5:], '{revealed,settled,payout_held}', 'as the chain says'
);
select is(held('late'), null, 'flagged after it: paid');
select is(held('raised'), null, 'raised after it: paid');
select is(held('cleared'), null, 'cleared before it: paid');
select is(
    (
        select array_agg(distinct t.kind || ' ' || t.amount)
        from private.transfers as t
        where t.pot_id in (pot_id('late'), pot_id('raised')) and t.kind <> 'join'
    ),
    '{"payout 70"}', 'in full'
);
select is(
    rpc('anon', 'get_proof', on_pot('late')) -> 'payout',
    '{"credits": 70, "held": false, "escrow_after": 0}', 'as the proof says'
);
select ok(
    not rpc('anon', 'get_proof', on_pot('late')) ? 'release'
    and not rpc('anon', 'get_pot', on_pot('late')) -> 'winner' ? 'payout',
    'and nothing speaks of a hold'
);
select is(
    (rpc('anon', 'hold_stats') - '{as_of,review_seconds,excluded_entries}'::text[]),
    '{"settled": 4, "held": 1, "hold_rate": 0.250000, "open": 1, "oldest_open_seconds": 0,
    "paid": 0, "returned": 0, "uphold_rate": null}', 'the public rates count one'
);

select * from finish();
rollback;
