-- Rules of the tables, for their owner too: an escrow empties once, a hold goes to the winner or
-- back but not both, whole, and is kept.

begin;
\ir ../support/helpers.sql
select plan(14);

create function pg_temp.moved(
    p_kind text, p_pot text, p_amount bigint, p_entry_id uuid default null
)
returns bigint
language sql
as $$
    select private.post_transfer(
        p_kind, pot_id(p_pot), p_entry_id,
        (
            select a.id from private.accounts as a
            where a.pot_id = pot_id(p_pot) and a.kind = 'hold'
        ),
        (select w.account_id from private.wallets as w where w.user_id = user_id('ann')),
        p_amount, private.now()
    )
$$;
select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 100);
select open_pot(n.name, '{"max_tickets": 7, "max_per_user": 3}')
from unnest('{open,paid,back,plain}'::text[]) as n (name);
select bring_to(n.name, 'settling') from unnest('{open,paid,back,plain}'::text[]) as n (name);
create temporary table flags on commit drop as
select n.name, flag(winner(n.name), n.name) as flag_id
from unnest('{open,paid,back}'::text[]) as n (name);
select reveal(n.name) from unnest('{open,paid,back,plain}'::text[]) as n (name);
select review('carol', f.flag_id, 'clear') from flags as f where f.name = 'paid';
select review('carol', f.flag_id, 'uphold') from flags as f where f.name = 'back';
select review('dave', f.flag_id, 'uphold') from flags as f where f.name = 'back';

select throws_ok(
    $$select pg_temp.moved('payout', 'open', 70)$$, '23505', null,
    'what is held was paid out of the escrow already'
);
select throws_ok(
    $$select pg_temp.moved('hold', 'plain', 70)$$, '23505', null,
    'and what was paid is not held any more'
);
select throws_ok(
    $$select pg_temp.moved('release', 'plain', 70)$$, '23514',
    'nothing is held that could go there', 'nothing is released that was not held'
);
select throws_ok(
    $$select pg_temp.moved('release', 'open', 69)$$, '23514',
    'nothing is held that could go there', 'a release is the whole prize'
);
select throws_ok(
    $$select pg_temp.moved('release', 'paid', 70)$$, '23514',
    'nothing is held that could go there', 'once'
);
select throws_ok(
    format(
        'select pg_temp.moved(''return'', ''paid'', 1, %L)', entry_id('paid 1', 'paid')
    ), '23514', 'nothing is held that could go there', 'what is paid does not go back'
);
select throws_ok(
    $$select pg_temp.moved('release', 'back', 70)$$, '23514',
    'nothing is held that could go there', 'what went back is not paid'
);
select throws_ok(
    $$update private.payout_holds set outcome = 'paid', released_at = held_at
    where pot_id = pot_id('open')$$,
    '23514', 'a hold is released once and whole', 'no outcome without its transfer'
);
select throws_ok(
    $$update private.payout_holds set outcome = 'returned', released_at = held_at
    where pot_id = pot_id('open')$$,
    '23514', 'a hold is released once and whole', 'nor while it holds anything'
);
select throws_ok(
    $$update private.payout_holds set outcome = 'returned' where pot_id = pot_id('paid')$$,
    '23514', 'a hold is released once and whole', 'nor another one later'
);
select throws_ok(
    $$update private.payout_holds set credits = 1 where pot_id = pot_id('open')$$,
    '23514', 'a hold is released once and whole', 'it is what was held'
);
select throws_ok(
    'delete from private.payout_holds where true', '42501',
    'private.payout_holds is append-only', 'and is kept'
);
-- A return that was begun leaves no way to pay the winner.
select pg_temp.moved('return', 'open', 1, entry_id('open 1', 'open'));
select throws_ok(
    $$select pg_temp.moved('release', 'open', 70)$$, '23514',
    'nothing is held that could go there', 'a prize goes one way'
);
select throws_ok(
    format(
        'select pg_temp.moved(''return'', ''open'', 1, %L)', entry_id('open 1', 'open')
    ), '23505', null, 'and to an entry once'
);

select * from finish();
rollback;
