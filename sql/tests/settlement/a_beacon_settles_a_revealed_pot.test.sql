-- With the round's signature, attested, the index is turned and the holder of that ticket paid; the
-- proof has all of it. Submitted again, the answer is the same; another signature is refused.

begin;
\ir ../support/helpers.sql
select plan(22);

create function pg_temp.big_endian(p_bytes bytea)
returns numeric
language sql
as $$
    select sum(get_byte(p_bytes, g.i) * 256::numeric ^ (31 - g.i))
    from generate_series(0, 31) as g (i)
$$;

select lock_for_the_beacon();
select register_keys();
select open_pot('big', '{"draw_version": 2, "max_tickets": 100, "max_per_user": 7}');
select bring_to('big', 'revealed');
select freeze_time('2023-09-15 11:00:03Z');
select is(
    rpc('pot_beacon', 'list_awaited_beacons'),
    jsonb_build_array(on_pot('big', jsonb_build_object(
        'chain_hash', '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971',
        'round', 657413, 'round_time', '2023-09-15T11:00:03.000000Z',
        'lock_digest', (pot('big')).lock_digest
    ))),
    'its beacon is awaited'
);
-- What the draw must come to, computed by hand.
create temporary table draw on commit drop as
select
    d.index, d.rotation, (d.index + d.rotation) % 100 as ticket,
    (
        select e
        from public.pot_entries as e
        where e.pot_id = pot_id('big')
            and (d.index + d.rotation) % 100
            between e.first_ticket and e.first_ticket + e.ticket_count - 1
    ) as entry
from (
    select
        mod(pg_temp.big_endian(extensions.hmac(
            decode(commit_hash('big'), 'hex'), decode(seed('big'), 'hex'), 'sha256'
        )), 100)::bigint as index,
        mod(pg_temp.big_endian(extensions.hmac(
            decode((pot('big')).lock_digest, 'hex'), sha256(decode(beacon_signature(), 'hex')),
            'sha256'
        )), 100)::bigint as rotation
    from (select 1) as one
) as d;
create temporary table before on commit drop as
select w.user_id, w.balance from private.wallets as w;

select forget_messages();
select look_at_tables();
create temporary table answer on commit drop as select submit_beacon('big') as body;
select is(
    changed_tables(), (
        '{pots,pots_audit,private.actors,private.beacons,private.events,'
        'private.ledger_entries,private.live_drops,private.log_pending,private.pot_states,'
        'private.settlements,private.transfers,private.wallets,realtime.messages}'
    )::text[], 'what it writes'
);
select is(
    a.body - '{audit}'::text[],
    on_pot('big', jsonb_build_object(
        'status', 'settled', 'winner_index', d.index, 'winning_ticket', d.ticket,
        'entry_id', (d.entry).id, 'entrant', left((d.entry).entrant_tag, 16), 'prize', 1000,
        'settled_at', '2023-09-15T11:00:03.000000Z'
    )),
    'what it answers'
)
from answer as a
cross join draw as d;
select is(
    (p.status, p.winner_user_id)::text, format('(settled,%s)', (d.entry).user_id), 'who won'
)
from pot('big') as p
cross join draw as d;
select is(
    (
        select jsonb_object_agg(w.user_id, w.balance - b.balance)
        from private.wallets as w
        inner join before as b on w.user_id = b.user_id
        where w.balance <> b.balance
    ),
    jsonb_build_object((d.entry).user_id, 1000), 'the winner is paid the whole pot, nobody else'
)
from draw as d;
select is(escrow('big'), 0::bigint, 'the escrow is empty');
select is(
    (select to_jsonb(b) - '{created_at}'::text[] from private.beacons as b),
    on_pot('big', jsonb_build_object(
        'signature', beacon_signature(), 'attestation', attestation('big'),
        'kid', private.key_id('beacon', decode(public_key('beacon'), 'hex'))
    )),
    'the beacon is kept'
);

create temporary table proof on commit drop as
select rpc('anon', 'get_proof', on_pot('big')) as body;
select is(
    f.body -> 'beacon',
    jsonb_build_object(
        'chain_hash', '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971',
        'round', 657413, 'signature', beacon_signature(), 'rotation', d.rotation,
        'kid', private.key_id('beacon', decode(public_key('beacon'), 'hex')),
        'public_key', public_key('beacon'), 'attestation', attestation('big')
    ),
    'the proof''s beacon'
)
from proof as f
cross join draw as d;
select is(
    jsonb_build_array(
        f.body -> 'draw_version', f.body -> 'winner_index', f.body -> 'winning_ticket',
        f.body -> 'winning_entry' -> 'entry_id', f.body -> 'reveal_seed'
    ),
    jsonb_build_array(2, d.index, d.ticket, (d.entry).id, seed('big')),
    'the proof''s draw'
)
from proof as f
cross join draw as d;
select is(
    f.body -> 'settlement',
    jsonb_build_object(
        'kid', private.key_id('settlement', decode(public_key('settlement'), 'hex')),
        'public_key', public_key('settlement'), 'signature', reveal_signature('big')
    ),
    'the proof''s settlement signature is the reveal''s'
)
from proof as f;
select is(
    (
        select sum((s ->> 'sum')::bigint) filter (where s ->> 'side' = 'left')
        from jsonb_array_elements(f.body #> '{winning_entry,merkle_path}') as s
    ),
    nullif((d.entry).first_ticket, 0)::numeric, 'and its path leads to the winner''s tickets'
)
from proof as f
cross join draw as d;
select is(
    chain('big'), '{created,locked,attested,claimed,revealed,settled}', 'the chain is complete'
);
select is(
    (
        select a.metadata -> 'beacon'
        from public.pots_audit as a
        where a.pot_id = pot_id('big') and a.action = 'settled'
    ),
    f.body -> 'beacon', 'and holds the beacon'
)
from proof as f;
select is(
    (
        select array_agg(m.event)
        from unnest(array['pots:' || pot_id('big'), 'pots:lobby', 'live-drops']) as t (topic)
        cross join lateral messages(t.topic) as m
    ),
    '{settled,settled,drop}', 'everybody hears of it'
);
select is(m.payload -> 'beacon', f.body -> 'beacon', 'with the beacon')
from messages('pots:' || pot_id('big')) as m
cross join proof as f;
select is(
    rpc('anon', 'get_pot', on_pot('big')) #>> '{fairness,beacon,signature}', beacon_signature(),
    'and get_pot shows it'
);

select look_at_tables();
select is(submit_beacon('big'), a.body, 'submitted again: the same answer') from answer as a;
select is(
    rpc('pot_orchestrator', 'submit_beacon', beacon_for('big', jsonb_build_object(
        'attestation', attestation('big', 'stranger')
    ))),
    a.body, 'by anybody, with whatever attestation: this round has been attested'
)
from answer as a;
select is(changed_tables(), '{}', 'and nothing changed');
select refused(
    'pot_beacon', 'submit_beacon', beacon_for('big', jsonb_build_object(
        'beacon_signature', '8' || repeat('0', 95),
        'attestation', attestation('big', 'beacon', '8' || repeat('0', 95))
    )),
    'PT409', 'wrong_state', '{"status": "settled", "draw_version": 2, "revealed": true}',
    'another signature comes too late'
);
select is(rpc('pot_beacon', 'list_awaited_beacons'), '[]', 'and none is awaited');

select * from finish();
rollback;
