-- get_case: pot, entries with labels instead of hashes, clusters through shared addresses and
-- devices, flags, history.

begin;
\ir ../support/helpers.sql
select plan(25);

select freeze_time('2030-01-01 12:00:00Z');
select make_user(p.name, 1000)
from unnest('{ann,ben,cem,dot,eve}'::text[]) as p (name);
update auth.users set created_at = '2030-01-01 11:58:20Z' where id = user_id('ann');
select open_pot('big', '{"max_tickets": 100, "max_per_user": 10}');

-- ann and ben share an address, ben and cem a device; dot and eve share nothing.
create function pg_temp.joins(p_name text, p_address text, p_device text)
returns void
language sql
as $$
    select headers(jsonb_strip_nulls(jsonb_build_object(
        'cf-connecting-ip', p_address, 'x-device-id', p_device
    )));
    select join_pot(p_name, 'big', 2);
$$;
select pg_temp.joins('ann', '192.0.2.1', 'phone');
select pg_temp.joins('ben', '192.0.2.1', 'laptop');
select pg_temp.joins('cem', '198.51.100.7', 'laptop');
select pg_temp.joins('dot', '203.0.113.9', 'tablet');
select pg_temp.joins('eve', null, null);
select pg_temp.joins('ann', '203.0.113.50', 'phone');
select cancel_entry('dot', 'big');
select headers('{}');
insert into private.flags (
    pot_id, entry_id, user_id, kind, score, evidence, phase, effect, created_at, updated_at
)
values (
    pot_id('big'), entry_id('ben', 'big'), user_id('ben'), 'shared_ip', 0.7, '{"accounts": 2}',
    'join', 'note', private.now(), private.now()
);
select rpc('pot_compliance:carol', 'pause_pot', on_pot('big', '{"reason": "a look"}'));
select private.raise_alert('test_alert', pot_id('big'), '{"n": 1}');
select private.log_event('test_event', pot_id('big'), '{"n": 2}');

create temporary table seen on commit drop as
select rpc('pot_compliance:carol', 'get_case', on_pot('big')) as c;
grant select on seen to public;

select is(
    (select array_agg(k order by k) from seen as s cross join jsonb_object_keys(s.c) as k),
    '{clusters,entries,flags,history,next,pot,truncated}', 'its parts'
);
select ok(
    s.c -> 'pot' @> '{
        "status": "open", "paused": true, "pause_reason": "a look", "tickets_sold": 10,
        "escrow": 100, "winner": null, "timers": {
            "now": "2030-01-01T12:00:00.000000Z", "paused_at": "2030-01-01T12:00:00.000000Z"
        }
    }',
    'the pot, with its timers and escrow'
)
from seen as s;
select is(
    (
        select jsonb_agg(jsonb_build_array(e -> 'account', e -> 'address', e -> 'device'))
        from seen as s
        cross join jsonb_array_elements(s.c -> 'entries') as e
    ),
    '[
        ["account-1", "address-1", "device-1"], ["account-2", "address-1", "device-2"],
        ["account-3", "address-2", "device-2"], ["account-4", "address-3", "device-3"],
        ["account-5", null, null], ["account-1", "address-4", "device-1"]
    ]',
    'entries in order, with labels by first use'
);
select is(
    s.c -> 'entries' -> 0,
    jsonb_build_object(
        'entry_id', e.id, 'seq', e.seq, 'account', 'account-1', 'user_id', user_id('ann'),
        'account_created_at', '2030-01-01T11:58:20.000000Z', 'account_age_seconds', 100,
        'address', 'address-1', 'device', 'device-1', 'region', e.region,
        'correlation_id', e.correlation_id, 'ticket_count', 2, 'credits_spent', 20,
        'entrant', left(e.entrant_tag, 16), 'first_ticket', null,
        'created_at', '2030-01-01T12:00:00.000000Z', 'cancelled_at', null, 'flags', '[]'::jsonb
    ),
    'an entry in full, with the age of its account'
)
from seen as s
inner join public.pot_entries as e on e.user_id = user_id('ann')
order by e.seq
limit 1;
select is(
    s.c -> 'entries' -> 3 ->> 'cancelled_at', '2030-01-01T12:00:00.000000Z', 'also one cancelled'
)
from seen as s;
select is(
    s.c -> 'entries' -> 1 -> 'flags', jsonb_build_array(s.c -> 'flags' -> 0 -> 'flag_id'),
    'an entry names the flags of its player'
)
from seen as s;
select is(
    (s.c -> 'clusters') - 'nodes',
    '{
        "components": [
            {"component": 1, "accounts": 3, "addresses": 1, "devices": 1, "tickets": 8}
        ],
        "edges": [
            {"from": "account-1", "to": "address-1", "entries": 1},
            {"from": "account-2", "to": "address-1", "entries": 1},
            {"from": "account-2", "to": "device-2", "entries": 1},
            {"from": "account-3", "to": "device-2", "entries": 1}
        ]
    }',
    'ann and cem are linked through ben; what one account alone used links nobody'
)
from seen as s;
select is(
    (
        select array_agg(n ->> 'id' order by n ->> 'id')
        from seen as s
        cross join jsonb_array_elements(s.c -> 'clusters' -> 'nodes') as n
    ),
    '{account-1,account-2,account-3,address-1,device-2}', 'the nodes of the graph'
);
select ok(
    s.c -> 'clusters' -> 'nodes' @> jsonb_build_array(jsonb_build_object(
        'id', 'account-1', 'kind', 'account', 'component', 1, 'degree', 1,
        'user_id', user_id('ann'), 'entries', 2, 'tickets', 4
    )),
    'an account''s node counts all its entries'
)
from seen as s;
select ok(
    s.c -> 'flags' -> 0 @> jsonb_build_object(
        'kind', 'shared_ip', 'score', 0.7, 'evidence', '{"accounts": 2}'::jsonb, 'status', 'open',
        'effect', 'note', 'phase', 'join', 'user_id', user_id('ben')
    ),
    'its flag'
)
from seen as s;
select is(
    (
        select jsonb_agg(r -> 'action')
        from seen as s
        cross join jsonb_array_elements(s.c -> 'history' -> 'chain') as r
    ),
    '["paused", "created"]', 'the chain, newest first'
);
select is(
    s.c #> '{history,chain,0,reason}', '"a look"', 'with the reason that the public is not told'
)
from seen as s;
select is(
    (s.c #>> '{history,chain,0,payload}')::jsonb -> 'metadata' -> 'before' ->> 'paused', 'false',
    'and the payload as it was hashed'
)
from seen as s;
select ok(s.c #> '{history,events}' @> '[{"kind": "test_event", "data": {"n": 2}}]', 'its events')
from seen as s;
select ok(s.c #> '{history,alerts}' @> '[{"kind": "test_alert", "closed_at": null}]', 'its alerts')
from seen as s;
select ok(
    not exists (
        select
        from seen as s
        cross join public.pot_entries as e
        where s.c::text like '%' || e.ip_hash || '%'
            or s.c::text like '%' || e.device_hash || '%'
            or s.c::text like '%' || e.salt || '%'
    ),
    'and no hash of an address or a device, and no salt'
);
select is(
    (
        select jsonb_agg(e -> 'account')
        from jsonb_array_elements(
            rpc('pot_compliance:carol', 'get_case', on_pot('big', jsonb_build_object(
                'after', f.id, 'page_size', 2
            ))) -> 'entries'
        ) as e
    ),
    '["account-2", "account-3"]', 'a later page has the same labels'
)
from (
    select e.id from public.pot_entries as e order by e.seq limit 1
) as f;
select is(
    rpc('pot_compliance:carol', 'get_case', on_pot('big', '{"page_size": 5}')) ->> 'next',
    entry_id('eve', 'big')::text, 'a page says where to go on'
);
select is(
    rpc('pot_compliance:carol', 'get_case', on_pot('big', '{"page_size": 6}')) -> 'next',
    'null', 'and the last one that it is'
);

select is(
    jsonb_build_array(
        c.truncated, jsonb_array_length(c.clusters -> 'nodes'),
        jsonb_array_length(c.clusters -> 'components')
    ),
    m.expected, 'of a graph of five nodes, ' || m.most || ' at most'
)
from (
    values (6, '[false, 5, 1]'::jsonb), (5, '[false, 5, 1]'), (4, '[true, 4, 1]'),
    (1, '[true, 1, 1]')
) as m (most, expected)
cross join lateral private.case_clusters(pot_id('big'), m.most) as c;

select review('carol', (s.c #>> '{flags,0,flag_id}')::uuid, 'uphold') from seen as s;
select is(
    rpc('pot_compliance:' || w.who, 'get_case', on_pot('big')) #> '{flags,0,proposed_by_me}',
    to_jsonb(w.who = 'carol'), w.who || ' is told ' || w.what
)
from (values
    ('carol', 'that it is for another to confirm'), ('dave', 'that it is not dave''s proposal')
) as w (who, what);

select * from finish();
rollback;
