-- The draw does not know of flags, so whoever is upheld already may still win. The prize then goes
-- through the hold account back to the others, in the transaction that settles the pot.

begin;
\ir ../support/helpers.sql
select plan(12);

select freeze_time('2030-01-01 12:00:00Z');
select open_pot('big', '{"max_tickets": 7, "max_per_user": 3}');
select bring_to('big', 'settling');
create temporary table before on commit drop as select * from private.wallets;
create temporary table flags on commit drop as select flag(winner('big'), 'big') as one;
select is(review('carol', f.one, 'uphold') ->> 'status', 'uphold_proposed', 'proposed')
from flags as f;
select is(review('dave', f.one, 'uphold') ->> 'status', 'upheld', 'and upheld before the reveal')
from flags as f;
select is(
    reveal('big') ->> 'entrant', left(e.entrant_tag, 16), 'the draw chooses whom it would have'
)
from public.pot_entries as e
where e.pot_id = pot_id('big') and e.user_id = winner('big');
select is(
    (chain('big'))[7:], '{revealed,settled,payout_held,payout_released}', 'held and released'
);
select is((held('big'), escrow('big'))::text, '(0,0)', 'nothing stays behind');
select is(
    (
        select (sum(w.balance - b.balance), count(*))::text
        from private.wallets as w
        inner join before as b on w.user_id = b.user_id
        where w.balance <> b.balance and w.user_id <> winner('big')
    ),
    '(70,2)', 'both others share it'
);
select is(
    rpc('anon', 'get_proof', on_pot('big')) #>> '{release,outcome}', 'returned', 'as the proof says'
);
select is(
    rpc('anon', 'get_proof', on_pot('big')) -> 'payout',
    '{"credits": 70, "held": true, "escrow_after": 0}', 'and held it was'
);

-- With draw 2, also when it is upheld between the reveal and the beacon: the flag was there before.
select lock_for_the_beacon();
select open_pot('two', '{"draw_version": 2, "max_tickets": 3, "max_per_user": 1}');
select bring_to('two', 'settling');
select flag(e.user_id, 'two') from public.pot_entries as e where e.pot_id = pot_id('two');
select reveal('two');
select review('carol', f.flag_id, 'uphold'), review('dave', f.flag_id, 'uphold')
from private.flags as f
where f.pot_id = pot_id('two') and f.user_id = user_id('two 1');
select freeze_time('2023-09-15 11:00:03Z');
select submit_beacon('two');
select is(
    (chain('two'))[8:],
    case (pot('two')).winner_user_id
        when user_id('two 1') then '{settled,payout_held,payout_released}'
        else '{settled,payout_held}'
    end::text[], 'returned at once if the upheld player won, held otherwise'
);

-- All of a pot's players are upheld: everybody gets back what the entry cost.
select freeze_time('2030-01-01 12:00:00Z');
select open_pot('rotten', '{"max_tickets": 7, "max_per_user": 3}');
select bring_to('rotten', 'settling');
create temporary table earlier on commit drop as select * from private.wallets;
select flag(e.user_id, 'rotten') from public.pot_entries as e where e.pot_id = pot_id('rotten');
select review('carol', f.flag_id, 'uphold') from private.flags as f
where f.pot_id = pot_id('rotten');
select review('dave', f.flag_id, 'uphold') from private.flags as f
where f.pot_id = pot_id('rotten');
select reveal('rotten');
select is((held('rotten'), escrow('rotten'))::text, '(0,0)', 'nobody is honest: nothing is kept');
select results_eq(
    'select t.entry_id, t.amount from private.transfers as t
    where t.kind = ''return'' and t.pot_id = pot_id(''rotten'') order by 1',
    'select e.id, e.credits_spent from public.pot_entries as e
    where e.pot_id = pot_id(''rotten'') order by 1',
    'each entry gets what it cost, as if the pot had been cancelled'
);
select is(
    (
        select array_agg(distinct w.balance - b.balance order by w.balance - b.balance)
        from private.wallets as w
        inner join earlier as b on w.user_id = b.user_id
        where w.balance <> b.balance
    ),
    '{10,30}', 'the winner too'
);

select * from finish();
rollback;
