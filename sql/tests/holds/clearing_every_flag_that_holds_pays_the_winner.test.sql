-- One person clears. While one flag that holds is left the prize waits; with the last one it is
-- paid. Asked again the same person gets the same answer, and nobody is paid twice.

begin;
\ir ../support/helpers.sql
select plan(20);

select freeze_time('2030-01-01 12:00:00Z');
select open_pot('big', '{"max_tickets": 7, "max_per_user": 3}');
select bring_to('big', 'settling');
create temporary table before on commit drop as select * from private.wallets;
create temporary table flags on commit drop as
select
    flag(winner('big'), 'big') as first,
    flag(winner('big'), 'big', 'hold', 'velocity') as second,
    flag(winner('big'), 'big', 'note', 'cohort') as noted,
    flag(e.user_id, 'big') as other
from public.pot_entries as e
where e.pot_id = pot_id('big') and e.user_id <> winner('big')
limit 1;
select reveal('big');
select pass_time('1 hour');
select forget_messages();

select is(
    review('carol', f.other, 'clear') -> 'payout', 'null', 'another player''s flag decides nothing'
)
from flags as f;
select is(
    review('carol', f.noted, 'clear') -> 'payout', '"held"', 'nor does one that holds nothing'
)
from flags as f;
select look_at_tables();
create temporary table answer on commit drop as
select review('carol', f.first, 'clear') as body from flags as f;
select is(
    a.body,
    jsonb_build_object(
        'flag_id', f.first, 'pot_id', pot_id('big'), 'decision', 'clear', 'status', 'cleared',
        'payout', 'held', 'reviewed_at', '2030-01-01T13:00:00.000000Z'
    ), 'the first of two: still held'
)
from answer as a
cross join flags as f;
select is(
    changed_tables(), (
        '{pots_audit,private.events,private.flags,private.log_pending,private.pot_states}'
    )::text[], 'what it writes'
);
select is(held('big'), 70::bigint, 'the prize waits');
select is(
    (g.status, g.proposed_by is null, g.reason, g.reviewed_at = private.now())::text,
    '(cleared,t,"I looked",t)', 'the flag says so'
)
from private.flags as g
inner join flags as f on g.flag_id = f.first;

select pass_time('1 minute');
select is(review('carol', f.second, 'clear') -> 'payout', '"paid"', 'the last one: paid')
from flags as f;
select is(held('big'), 0::bigint, 'the hold account is empty');
select is(
    (
        select jsonb_object_agg(w.user_id, w.balance - b.balance)
        from private.wallets as w
        inner join before as b on w.user_id = b.user_id
        where w.balance <> b.balance
    ),
    jsonb_build_object((pot('big')).winner_user_id, 70), 'the winner has the prize, nobody else'
);
select is(
    (chain('big'))[6:],
    '{settled,payout_held,flag_reviewed,flag_reviewed,flag_reviewed,flag_reviewed,payout_released}',
    'the chain'
);
select is(
    jsonb_agg(
        coalesce((c ->> 'payload')::jsonb #> '{metadata,outcome}', '"withheld"')
        order by (c ->> 'seq')::int
    ),
    '["withheld", "withheld", "withheld", "withheld", "paid"]',
    'which withholds the reviews and shows what came of them'
)
from jsonb_array_elements(rpc('anon', 'get_audit_chain', on_pot('big', '{"after_seq": 7}'))) as c;
select is(
    rpc('anon', 'get_pot', on_pot('big')) #> '{winner,payout}',
    '{"held": false, "outcome": "paid", "held_at": "2030-01-01T12:00:00.000000Z",
    "released_at": "2030-01-01T13:01:00.000000Z"}',
    'get_pot'
);
select is(
    rpc('anon', 'get_proof', on_pot('big')) -> 'release',
    jsonb_build_object(
        'outcome', 'paid', 'released_at', '2030-01-01T13:01:00.000000Z',
        'entries', 1, 'tickets', e.ticket_count, 'credits', 70
    ), 'and the proof'
)
from private.settlements as s
inner join public.pot_entries as e on s.entry_id = e.id
where s.pot_id = pot_id('big');
select is(
    rpc('anon', 'get_proof', on_pot('big')) -> 'payout',
    '{"credits": 70, "held": true, "escrow_after": 0}', 'whose payout stays as it was settled'
);
select is(
    (select array_agg(m.event) from messages('pots:' || pot_id('big')) as m),
    '{payout_released}', 'the pot''s topic hears of it'
);
select is(
    (select array_agg(m.payload ->> 'prize') from messages('live-drops') as m), '{70}',
    'now it is a drop'
);
select is(
    (
        select array_agg(m.payload -> 'balance')
        from messages('wallet:' || (pot('big')).winner_user_id) as m
    ),
    (
        select array[to_jsonb(w.balance)]
        from private.wallets as w where w.user_id = (pot('big')).winner_user_id
    ), 'the winner hears of the balance'
);
select look_at_tables();
select is(review('carol', f.first, 'clear'), a.body, 'cleared again by carol: the same answer')
from answer as a
cross join flags as f;
select is(review('carol', f.second, 'clear') -> 'payout', '"paid"', 'of the other one too')
from flags as f;
select is(changed_tables(), '{}', 'and nothing changed');

select * from finish();
rollback;
