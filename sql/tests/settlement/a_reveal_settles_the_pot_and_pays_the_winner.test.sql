-- The winner is BE256(HMAC(seed, commit_hash)) mod tickets; the whole escrow goes to its entry's
-- owner in one transfer.

begin;
\ir ../support/helpers.sql
select plan(7);

select freeze_time('2030-01-01 12:00:00Z');
select open_pot('big', '{"max_tickets": 7, "max_per_user": 2}');
select bring_to('big', 'settling');
create temporary table winner on commit drop as
select e.*, d.ticket
from (
    select mod(sum(get_byte(h.mac, 31 - g.i) * 256::numeric ^ g.i), 7)::bigint as ticket
    from (
        select extensions.hmac(
            decode(commit_hash('big'), 'hex'), decode(seed('big'), 'hex'), 'sha256'
        ) as mac
    ) as h
    cross join generate_series(0, 31) as g (i)
) as d
inner join public.pot_entries as e
    on d.ticket between e.first_ticket and e.first_ticket + e.ticket_count - 1;
create temporary table wallet_before on commit drop as select * from private.wallets;
select look_at_tables();
create temporary table answer on commit drop as select reveal('big') as body;

select is(
    changed_tables(),
    '{pots,pots_audit,private.events,private.ledger_entries,private.live_drops,'
    'private.log_pending,private.pot_states,private.settlements,private.transfers,private.wallets,'
    'realtime.messages}',
    'what it writes'
);
select is(
    a.body,
    on_pot('big', jsonb_build_object(
        'status', 'settled', 'winner_index', w.ticket, 'winning_ticket', w.ticket,
        'entry_id', w.id, 'entrant', left(w.entrant_tag, 16), 'prize', 70,
        'settled_at', '2030-01-01T12:00:00.000000Z',
        'audit', (
            select jsonb_build_object('seq', c.seq, 'row_hash', c.row_hash)
            from public.pots_audit as c
            where c.action = 'settled'
        )
    )),
    'what it answers'
)
from answer as a
cross join winner as w;
select is(
    (p.status, p.reveal_seed, p.winner_user_id, p.settled_at)::text,
    ('settled', seed('big'), w.user_id, private.now())::text,
    'the pot''s row'
)
from pot('big') as p
cross join winner as w;
select is(
    (
        select jsonb_agg(jsonb_build_array(n.user_id, n.balance - b.balance))
        from private.wallets as n
        inner join wallet_before as b on n.user_id = b.user_id
        where n.balance <> b.balance
    ),
    (select jsonb_build_array(jsonb_build_array(w.user_id, 70)) from winner as w),
    'the winner''s wallet alone got the whole pot'
);
select is(escrow('big'), 0::bigint, 'the escrow is empty');
select is(
    chain('big'), '{created,locked,attested,claimed,revealed,settled}', 'the chain is complete'
);
select is(
    (select a.metadata from public.pots_audit as a where a.action = 'revealed'),
    jsonb_build_object(
        'reveal_seed', seed('big'),
        'kid', private.key_id('settlement', decode(public_key('settlement'), 'hex')),
        'public_key', public_key('settlement'),
        'signature', reveal_signature('big')
    ),
    'the reveal is in the chain, signed'
);

select * from finish();
rollback;
