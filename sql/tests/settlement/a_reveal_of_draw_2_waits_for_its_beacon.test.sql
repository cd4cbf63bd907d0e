-- The reveal is proven and stored, and nobody is paid: the pot stays settling and answers what it
-- waits for, also when asked again.

begin;
\ir ../support/helpers.sql
select plan(21);

select lock_for_the_beacon();
select register_keys();
select open_pot('big', '{"draw_version": 2}');
select bring_to('big', 'settling');
select is(
    rpc('pot_settlement', 'claim_settlement') - '{orchestrator}'::text[] @> '{
        "draw_version": 2, "beacon_round": 657413, "reveal_by": "2023-09-15T10:59:57.000000Z",
        "beacon_chain_hash": "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
    }',
    true, 'the claim says which beacon, and until when to reveal'
);
select is(
    rpc('pot_settlement', 'list_awaited_beacons'), '[]', 'no beacon is awaited before the reveal'
);
select forget_messages();
-- The lobby heard of it a while ago.
update private.lobby_pulses set sent_at = '-infinity' where pot_id = pot_id('big');
select look_at_tables();
create temporary table answer on commit drop as select reveal('big') as body;
select is(
    changed_tables(),
    '{pots,pots_audit,private.events,private.lobby_pulses,private.log_pending,'
    'private.pot_states,realtime.messages}',
    'what it writes'
);
select is(
    body,
    on_pot('big', jsonb_build_object(
        'status', 'settling',
        'reveal_seed', seed('big'),
        'beacon', '{
            "chain_hash": "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
            "round": 657413, "round_time": "2023-09-15T11:00:03.000000Z"
        }'::jsonb
    )),
    'what it answers'
)
from answer;
select is(
    (p.status, p.reveal_seed, p.winner_user_id is null, p.settled_at is null)::text,
    format('(settling,%s,t,t)', seed('big')), 'revealed, and settling'
)
from pot('big') as p;
select is(escrow('big'), 100::bigint, 'the escrow is full');
select is(
    chain('big'), '{created,locked,attested,claimed,revealed}', 'the chain ends with the reveal'
);
select is(
    (
        select a.metadata
        from public.pots_audit as a
        where a.pot_id = pot_id('big') and a.action = 'revealed'
    ),
    jsonb_build_object(
        'reveal_seed', seed('big'), 'public_key', public_key('settlement'),
        'kid', private.key_id('settlement', decode(public_key('settlement'), 'hex')),
        'signature', reveal_signature('big')
    ),
    'which holds seed and signature'
);
select is(
    (select array_agg(m.event) from messages('pots:' || pot_id('big')) as m), '{revealed}',
    'its watchers hear of it'
);
select is(
    m.payload - '{id,pot_id,version,at}'::text[],
    jsonb_build_object(
        'commit_hash', commit_hash('big'), 'reveal_seed', seed('big'),
        'lock_digest', (pot('big')).lock_digest, 'beacon', body -> 'beacon'
    ),
    'with the beacon it waits for'
)
from messages('pots:' || pot_id('big')) as m
cross join answer;
select is(
    (select array_agg(m.event) from messages('pots:lobby') as m), '{updated}', 'so does the lobby'
);

select look_at_tables();
select is(reveal('big'), body, 'revealed again: the same answer') from answer;
select is(rpc('pot_settlement', 'claim_settlement'), null, 'and nothing is left to reveal');
select pass_time('1 day');
select is(reveal('big'), body, 'however late') from answer;
select is(rpc('pot_settlement', 'claim_settlement'), null, 'it is claimed no more');
select is(changed_tables(), '{}', 'and nothing changed');
select refused(
    'pot_settlement', 'claim_settlement', on_pot('big'), 'PT409', 'wrong_state', '{
        "status": "settling", "attested": true, "scanned": true,
        "leased_until": "2023-09-15T10:59:45.000000Z",
        "reveal_by": "2023-09-15T10:59:57.000000Z"
    }', 'nor by name'
);
select refused(
    'anon', 'get_proof', on_pot('big'), 'PT409', 'wrong_state', '{"status": "settling"}',
    'there is no proof yet'
);
select is(
    rpc('anon', 'get_pot', on_pot('big')) -> 'fairness' -> 'beacon',
    body -> 'beacon' || '{"signature": null}', 'get_pot says what is awaited'
)
from answer;

select * from finish();
rollback;
