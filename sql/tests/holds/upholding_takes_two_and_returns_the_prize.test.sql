-- The first person proposes, which moves nothing; a second one confirms, and the prize goes back to
-- the other entrants pro rata by their tickets: whole credits, the largest remainders first.

begin;
\ir ../support/helpers.sql
select plan(25);

select freeze_time('2030-01-01 12:00:00Z');
select make_user(n.name, 100) from unnest('{ann,bob,cid,dee,eve}'::text[]) as n (name);
-- The winning ticket is one of ann's 7 of 20: tickets 0 to 6.
select open_pot('n', '{"max_tickets": 20, "max_per_user": 7, "entry_cost": 11}');
select join_pot('ann', 'n', 4);
select join_pot('bob', 'n', 4);
select join_pot('cid', 'n', 1);
select join_pot('bob', 'n', 1);
select join_pot('dee', 'n', 1);
select join_pot('eve', 'n', 6);
select join_pot('ann', 'n', 3);
select lock('n');
select register_keys();
select attest('n');
select claim('n');
create temporary table before on commit drop as select * from private.wallets;
create temporary table flags on commit drop as
select
    flag(winner('n'), 'n') as on_winner,
    flag(winner('n'), 'n', 'hold', 'velocity') as too,
    flag(user_id('cid'), 'n') as on_cid;
select reveal('n');
select is((pot('n')).winner_user_id, user_id('ann'), 'ann has won 220');
select pass_time('1 hour');
select forget_messages();

create temporary table answer on commit drop as
select review('carol', f.on_winner, 'uphold') as body from flags as f;
select is(
    a.body,
    jsonb_build_object(
        'flag_id', f.on_winner, 'pot_id', pot_id('n'), 'decision', 'uphold',
        'status', 'uphold_proposed', 'payout', 'held',
        'reviewed_at', '2030-01-01T13:00:00.000000Z'
    ), 'carol proposes'
)
from answer as a
cross join flags as f;
select is(held('n'), 220::bigint, 'which moves nothing');
select look_at_tables();
select is(review('carol', f.on_winner, 'uphold'), a.body, 'carol again: the same answer')
from answer as a
cross join flags as f;
select is(changed_tables(), '{}', 'and nothing changed: one person is not two');
-- cid's flag is upheld first: an upheld flag's player gets nothing back.
select is(review('carol', f.on_cid, 'uphold') ->> 'status', 'uphold_proposed', 'of cid''s too')
from flags as f;
select is(
    review('dave', f.on_cid, 'uphold') - '{reviewed_at}'::text[],
    jsonb_build_object(
        'flag_id', f.on_cid, 'pot_id', pot_id('n'), 'decision', 'uphold', 'status', 'upheld',
        'payout', null
    ), 'dave confirms, and that decides no payout'
)
from flags as f;
select is(held('n'), 220::bigint, 'the prize waits');
select look_at_tables();
select is(
    review('dave', f.on_winner, 'uphold') ->> 'payout', 'returned', 'dave confirms the winner''s'
)
from flags as f;
select is(
    changed_tables(), (
        '{pots_audit,private.events,private.flags,private.ledger_entries,private.log_pending,'
        'private.payout_holds,private.pot_states,private.transfers,private.wallets,'
        'realtime.messages}'
    )::text[], 'what it writes'
);
select is(
    (g.status, g.proposed_by <> g.reviewed_by)::text, '(upheld,t)', 'the flag has two names on it'
)
from private.flags as g
inner join flags as f on g.flag_id = f.on_winner;
select is(held('n'), 0::bigint, 'the hold account is empty');
select is(escrow('n'), 0::bigint, 'as the escrow');
-- 220 over the 12 tickets of bob (4 and 1), dee (1) and eve (6): 73 1/3, 18 1/3, 18 1/3, 110. One
-- credit is left over; all remainders are equal but eve's, so it goes to the lowest ticket, bob's.
select is(
    (
        select array_agg(t.amount order by e.first_ticket)
        from private.transfers as t
        inner join public.pot_entries as e on t.entry_id = e.id
        where t.kind = 'return'
    ),
    '{74,18,18,110}', 'what each entry gets'
);
select is(
    (
        select jsonb_object_agg(w.user_id, w.balance - b.balance)
        from private.wallets as w
        inner join before as b on w.user_id = b.user_id
        where w.balance <> b.balance
    ),
    jsonb_build_object(user_id('bob'), 92, user_id('dee'), 18, user_id('eve'), 110),
    'ann and cid get nothing, the others the whole prize'
);
select is(
    rpc('anon', 'get_pot', on_pot('n')) #>> '{winner,payout,outcome}', 'returned', 'get_pot says so'
);
select is(
    rpc('anon', 'get_proof', on_pot('n')) -> 'release',
    jsonb_build_object(
        'outcome', 'returned', 'released_at', '2030-01-01T13:00:00.000000Z',
        'entries', 4, 'tickets', 12, 'credits', 220
    ), 'and the proof'
);
select is(
    (
        select a.metadata
        from public.pots_audit as a
        where a.pot_id = pot_id('n') and a.action = 'payout_released'
    ),
    '{"outcome": "returned", "credits": 220, "entries": 4,
    "released_at": "2030-01-01T13:00:00.000000Z"}', 'and the chain'
);
select is(
    (
        select array_agg(distinct m.topic order by m.topic)
        from realtime.messages as m
        where m.topic like 'wallet:%'
    ),
    (
        select array_agg('wallet:' || user_id(n.name) order by 'wallet:' || user_id(n.name))
        from unnest('{bob,dee,eve}'::text[]) as n (name)
    ), 'each of them hears of the balance'
);
select is(
    (select count(*) from messages('live-drops')), 0::bigint, 'what is returned is no drop'
);
select look_at_tables();
select is(review('carol', f.on_winner, 'uphold'), a.body, 'carol again: her own first answer')
from answer as a
cross join flags as f;
select is(review('dave', f.on_winner, 'uphold') ->> 'payout', 'returned', 'and dave his')
from flags as f;
select is(changed_tables(), '{}', 'and nothing changed');
-- What is left of the winner's flags decides nothing any more.
select is(review('carol', f.too, 'clear') -> 'payout', 'null', 'a flag that is late')
from flags as f;
select is(
    (select count(*) from private.transfers as t where t.kind in ('return', 'release')), 4::bigint,
    'moves nothing'
);

select * from finish();
rollback;
