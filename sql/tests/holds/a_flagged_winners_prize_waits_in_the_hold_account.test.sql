-- The draw is what it was; the prize moves from escrow to the pot's hold account and waits. The
-- chain, the proof and get_pot say so; nobody is paid, and no win is announced.

begin;
\ir ../support/helpers.sql
select plan(16);

select freeze_time('2030-01-01 12:00:00Z');
select open_pot('big', '{"max_tickets": 7, "max_per_user": 3}');
select bring_to('big', 'settling');
create temporary table before on commit drop as select * from private.wallets;
select flag(winner('big'), 'big');
select pass_time('1 second');
select forget_messages();
select look_at_tables();
create temporary table answer on commit drop as select reveal('big') as body;
select is(
    changed_tables(), (
        '{pots,pots_audit,private.accounts,private.events,private.holding_flags,'
        'private.ledger_entries,private.log_pending,private.payout_holds,private.pot_states,'
        'private.settlements,'
        'private.transfers,realtime.messages}'
    )::text[], 'what it writes'
);
select is(
    a.body ->> 'status' || ' ' || (a.body ->> 'prize') || ' ' || (a.body ->> 'held'),
    'settled 70 true', 'the reveal''s answer says that the prize is held'
)
from answer as a;
select is(reveal('big'), a.body, 'also when it is repeated') from answer as a;
select is((pot('big')).winner_user_id, winner('big'), 'whom the draw chose has won');
select is(escrow('big'), 0::bigint, 'the escrow is empty');
select is(held('big'), 70::bigint, 'the prize is in the hold account');
select results_eq(
    'select user_id, balance, version from private.wallets order by user_id',
    'select user_id, balance, version from before order by user_id', 'nobody is paid'
);
select is(
    (chain('big'))[5:], '{revealed,settled,payout_held}', 'the chain has both rows'
);
select is(
    (
        select c ->> 'payload'
        from jsonb_array_elements(rpc('anon', 'get_audit_chain', on_pot('big'))) as c
        where c ->> 'action' = 'payout_held'
    )::jsonb -> 'metadata',
    '{"credits": 70, "held_at": "2030-01-01T12:00:01.000000Z"}', 'which everybody may read'
);
create temporary table proof on commit drop as
select rpc('anon', 'get_proof', on_pot('big')) as body;
select is(
    f.body -> 'payout', '{"credits": 70, "held": true, "escrow_after": 0}', 'the proof says held'
)
from proof as f;
select is(f.body -> 'release', 'null', 'and not released') from proof as f;
select is(
    rpc('anon', 'get_pot', on_pot('big')) #> '{winner,payout}',
    '{"held": true, "outcome": null, "held_at": "2030-01-01T12:00:01.000000Z",
    "released_at": null}',
    'get_pot says held'
);
select is(
    (select array_agg(m.event) from messages('pots:' || pot_id('big')) as m),
    '{revealed,settled}', 'the pot''s topic hears of the draw'
);
select is(
    (
        select m.payload -> 'held'
        from messages('pots:' || pot_id('big')) as m
        where m.event = 'settled'
    ),
    'true', 'and that the prize is held'
);
select is(
    (
        select count(*)
        from realtime.messages as m
        where m.topic = 'live-drops' or m.topic like 'wallet:%'
    ), 0::bigint, 'no drop and no balance'
);
select is(
    (
        select array_agg(t.kind || ' ' || t.amount order by t.id)
        from private.transfers as t
        where t.pot_id = pot_id('big') and t.kind <> 'join'
    ),
    '{"hold 70"}', 'one transfer'
);

select * from finish();
rollback;
