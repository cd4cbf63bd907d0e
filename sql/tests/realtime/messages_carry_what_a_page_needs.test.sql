-- joined and cancelled entries with the new totals, locks and results with their hashes, the lobby
-- with the whole summary; no user id anywhere.

begin;
\ir ../support/helpers.sql
select plan(10);

select freeze_time('2030-01-01 12:00:00Z');
update private.settings set lobby_interval = '1 microsecond' where only_row;
select make_user('ann', 1000);
select open_pot('big', '{"max_tickets": 2, "max_per_user": 2, "min_participants": 1}');
select pass_time('1 second');
select join_pot('ann', 'big', 1);
select rpc('pot_compliance:carol', 'pause_pot', on_pot('big', '{"reason": "a secret"}'));
select rpc('pot_compliance:carol', 'resume_pot', on_pot('big', '{"reason": "fine"}'));

create function pg_temp.last(p_topic text)
returns jsonb
language sql
as $$
    select jsonb_build_object(m.event, m.payload - '{id,pot_id,version,at}'::text[])
    from messages(p_topic) with ordinality as m (event, payload, place)
    order by m.place desc
    limit 1
$$;
create function pg_temp.summary()
returns jsonb
language sql
as $$
    select (rpc('anon', 'list_pots') -> 0) - 'id' - 'version'
$$;
select is(
    pg_temp.last('pots:' || pot_id('big')),
    '{"resumed": {"locks_at": "2030-01-01T12:05:00.000000Z"}}',
    'resumed'
);
select cancel_entry('ann', 'big');
select is(
    pg_temp.last('pots:' || pot_id('big')),
    jsonb_build_object('entry_cancelled', jsonb_build_object(
        'entrant', left(e.entrant_tag, 16), 'ticket_count', 1, 'tickets_sold', 0,
        'credits_committed', 0, 'participant_count', 0
    )),
    'entry_cancelled'
)
from public.pot_entries as e;
select join_pot('ann', 'big', 2);
select is(
    pg_temp.last('pots:' || pot_id('big')),
    jsonb_build_object('joined', jsonb_build_object(
        'entrant', left(e.entrant_tag, 16), 'ticket_count', 2, 'tickets_sold', 2,
        'credits_committed', 20, 'participant_count', 1
    )),
    'joined'
)
from public.pot_entries as e
where e.cancelled_at is null;
select is(
    (
        select m.payload - '{pot_id,version,at,id}'::text[]
        from messages('wallet:' || user_id('ann')) with ordinality as m (event, payload, place)
        order by m.place desc
        limit 1
    ),
    '{"balance": 980}', 'the wallet'
);
select lock('big');
select is(
    pg_temp.last('pots:' || pot_id('big')),
    jsonb_build_object('locked', jsonb_build_object(
        'status', 'locked', 'commit_hash', p.commit_hash, 'lock_digest', p.lock_digest,
        'total_tickets', 2, 'entries_root', p.entries_root,
        'locked_at', private.json_time(p.locked_at)
    )),
    'locked'
)
from pot('big') as p;
select is(
    pg_temp.last('pots:lobby'), jsonb_build_object('locked', pg_temp.summary()),
    'the lobby gets the summary'
);
select register_keys();
select attest('big');
select claim('big');
select reveal('big');
select is(
    pg_temp.last('pots:' || pot_id('big')),
    jsonb_build_object('settled', jsonb_build_object(
        'entrant', rpc('anon', 'get_pot', on_pot('big')) #> '{winner,entrant}',
        'winning_ticket', rpc('anon', 'get_pot', on_pot('big')) #> '{winner,winning_ticket}',
        'prize', 20, 'commit_hash', p.commit_hash, 'reveal_seed', seed('big'),
        'lock_digest', p.lock_digest,
        'hmac', rpc('anon', 'get_pot', on_pot('big')) #> '{fairness,hmac}'
    )),
    'settled'
)
from pot('big') as p;
select is(
    pg_temp.last('pots:lobby'), jsonb_build_object('settled', pg_temp.summary()), 'and the lobby'
);
select is(
    pg_temp.last('live-drops'),
    jsonb_build_object('drop', jsonb_build_object(
        'entrant', rpc('anon', 'get_pot', on_pot('big')) #> '{winner,entrant}',
        'handle', rpc('anon', 'get_pot', on_pot('big')) #> '{winner,entrant}',
        'prize', 20,
        'entry_cost', 10,
        'settled_at', rpc('anon', 'get_pot', on_pot('big')) -> 'settled_at',
        'proof', '/rest/v1/rpc/get_proof?pot_id=' || pot_id('big'),
        'drop_id', (select d.drop_id from private.live_drops as d)
    )),
    'the drop'
);
select is(
    (
        select array_agg(m.topic)
        from realtime.messages as m
        where m.payload::text like '%' || user_id('ann') || '%'
            or m.payload::text like '%a secret%'
    ),
    null, 'no user id and no reason in any of it'
);

select * from finish();
rollback;
