-- What a batch answers and writes is what its joins would by themselves; one that is refused leaves
-- the others alone.

begin;
\ir ../support/helpers.sql
select plan(30);

select freeze_time('2030-01-01 12:00:00Z');
select make_user(p.name, 100)
from unnest('{ann,bob,cat,dan,eve,fay,gus,staff}'::text[]) as p (name);
update auth.users set banned_until = '2031-01-01' where id = user_id('dan');
select open_pot('big', '{"max_tickets": 100, "max_per_user": 5, "fill_seconds": 7200}');
insert into private.staff (user_id, reason, added_by, added_at)
values (user_id('staff'), 'a test', gen_random_uuid(), now());
select join_pot('fay', 'big', 1, 'key fay');

create function pg_temp.asked(p_player text, p_ticket_count integer, p_more jsonb default '{}')
returns jsonb
language sql
as $$
    select on_pot('big', jsonb_build_object(
        'user_id', user_id(p_player), 'ticket_count', p_ticket_count
    )) || p_more
$$;
create temporary table answer on commit drop as
select rpc('service_role', 'join_pots', jsonb_build_object('batch', jsonb_build_array(
    pg_temp.asked('ann', 2, '{"idempotency_key": "key a", "ip": "203.0.113.7", "device": "D 1",
        "region": "de", "correlation_id": "trace 1"}'),
    pg_temp.asked('bob', 3),
    pg_temp.asked('bob', 3),
    pg_temp.asked('cat', 0),
    pg_temp.asked('dan', 1),
    pg_temp.asked('eve', 6),
    pg_temp.asked('fay', 1, '{"idempotency_key": "key fay"}'),
    pg_temp.asked('gus', 1, '{"idempotency_key": "key a"}'),
    pg_temp.asked('staff', 1),
    pg_temp.asked('nobody', 1),
    pg_temp.asked('cat', 5)
))) as body;

select is(a.body -> 'joined', '4', 'four hold tickets now: ann, bob, fay from before, cat')
from answer as a;
select is(
    (
        select jsonb_agg(
            coalesce(r.result -> 'message', r.result -> 'ticket_count')
            order by r.place
        )
        from answer as a
        cross join lateral jsonb_array_elements(a.body -> 'results')
        with ordinality as r (result, place)
    ),
    '[2, 3, "ticket_cap_exceeded", "invalid_ticket_count", "account_blocked",
      "ticket_cap_exceeded", 1, "idempotency_key_reused", "not_allowed", "not_allowed", 5]',
    'each is answered in its place'
);
select is(
    a.body #> '{results,0}',
    (
        select jsonb_build_object(
            'entry_id', e.id, 'pot_id', e.pot_id, 'ticket_count', 2, 'credits_spent', 20,
            'balance', 80, 'tickets_sold', 3, 'credits_committed', 30,
            'entrant', left(e.entrant_tag, 16), 'salt', e.salt
        )
        from public.pot_entries as e
        where e.user_id = user_id('ann')
    ),
    'the answer of a join'
)
from answer as a;
select is(
    a.body #> '{results,2}',
    (
        select jsonb_build_object(
            'code', 'PT409', 'message', 'ticket_cap_exceeded',
            'details', '{"held": 3, "left": 2, "max_per_user": 5}', 'hint', c.hint
        )
        from private.error_catalogue() as c
        where c.token = 'ticket_cap_exceeded'
    ),
    'the body of an error'
)
from answer as a;
select is(
    a.body #> '{results,6}', join_pot('fay', 'big', 1, 'key fay'), 'a key gets its first answer'
)
from answer as a;
select is(
    join_pot('ann', 'big', 2, 'key a'), a.body #> '{results,0}', 'and one of a batch is kept'
)
from answer as a;
select is(sold('big'), '11 tickets to 4', 'nothing of the refused is counted');
select is(escrow('big'), 110::bigint, 'the escrow has what was paid');
select is(
    array[balance('ann'), balance('bob'), balance('cat'), balance('eve')],
    '{80,70,50,100}'::bigint[], 'wallets paid for what was bought'
);
select is(
    (
        select row(e.ip_hash, e.device_hash, e.region, e.correlation_id)::text
        from public.pot_entries as e
        where e.user_id = user_id('ann')
    ),
    row(
        private.fingerprint('ip', '203.0.113.7', private.pepper_secret(1)),
        private.fingerprint('device', 'd 1', private.pepper_secret(1)), 'DE', 'trace 1'
    )::text,
    'address, device and region are what the server says, normalised and hashed'
);
select is(
    (
        select jsonb_agg(e.data || jsonb_build_object('by', a.subject) order by e.id)
        from private.told_events as e
        inner join private.actors as a on e.actor_id = a.actor_id
        where e.kind = 'pot_joined' and a.subject <> user_id('fay')::text
    ),
    (
        select jsonb_agg(jsonb_build_object(
            'entry_id', e.id, 'entrant', left(e.entrant_tag, 16), 'ticket_count', e.ticket_count,
            'credits_spent', e.credits_spent, 'entry_cost', 10, 'max_tickets', 100,
            'tickets_sold', n.sold, 'participant_count', n.players, 'first_entry', true,
            'by', e.user_id
        ) order by n.sold)
        from (values ('ann', 3, 2), ('bob', 6, 3), ('cat', 11, 4)) as n (name, sold, players)
        inner join public.pot_entries as e on e.user_id = user_id(n.name)
    ),
    'each event is the player''s and counts up'
);
select is(
    (
        select array_agg(e.data ->> 'code' order by e.id)
        from private.events as e
        where e.kind = 'join_refused'
    ),
    '{account_blocked}', 'a refusal that compliance must see has its record'
);
select is(
    (select count(distinct m.payload -> 'version') from messages('pots:' || pot_id('big')) as m),
    4::bigint, 'every message of the pot has a version of its own'
);
select is(
    (
        select array_agg((m.payload ->> 'balance')::bigint)
        from messages('wallet:' || user_id('cat')) as m
    ),
    '{100,50}', 'a player hears of the new balance'
);
select is(
    current_setting('response.status', true), '', 'the status of the request is not an item''s'
);

-- The last tickets: whoever comes first in the batch.
select open_pot('small', '{"max_tickets": 9, "max_per_user": 5, "fill_seconds": 7200}');
select is(
    (
        select jsonb_agg(
            coalesce(r.result -> 'message', r.result -> 'tickets_sold')
            order by r.place
        )
        from jsonb_array_elements(rpc('service_role', 'join_pots', jsonb_build_object(
            'batch', (
                select jsonb_agg(on_pot('small', jsonb_build_object(
                    'user_id', user_id(p.name), 'ticket_count', 4
                )) order by p.place)
                from unnest('{ann,bob,cat,eve}'::text[]) with ordinality as p (name, place)
            )
        )) -> 'results') with ordinality as r (result, place)
    ),
    '[4, 8, "pot_full", "pot_full"]', 'a pot sells no more than it has'
);

-- A limit of accounts holds inside of a batch too.
select open_pot('one', '{"max_tickets": 100, "fill_seconds": 7200}');
insert into private.guard_rails (scope, scope_id, rule, value, reason, updated_by, updated_at)
values ('global', '', 'accounts_per_ip', '1', 'a test', gen_random_uuid(), now());
select is(
    (
        select jsonb_agg(
            coalesce(r.result -> 'message', r.result -> 'ticket_count')
            order by r.place
        )
        from jsonb_array_elements(rpc('service_role', 'join_pots', jsonb_build_object(
            'batch', (
                select jsonb_agg(on_pot('one', jsonb_build_object(
                    'user_id', user_id(p.name), 'ticket_count', 1, 'ip', '203.0.113.9'
                )) order by p.place)
                from unnest('{ann,bob}'::text[]) with ordinality as p (name, place)
            )
        )) -> 'results') with ordinality as r (result, place)
    ),
    '[1, "velocity_exceeded"]', 'two accounts of one address'
);
create function pg_temp.batched(p_player text, p_more jsonb)
returns text
language sql
as $$
    select coalesce(r.result ->> 'message', r.result ->> 'ticket_count')
    from jsonb_array_elements(rpc('service_role', 'join_pots', jsonb_build_object(
        'batch', jsonb_build_array(pg_temp.asked(p_player, 1, p_more || on_pot('one')))
    )) -> 'results') as r (result)
$$;
select is(
    pg_temp.batched('cat', '{"ip": "203.0.113.9"}'), 'velocity_exceeded',
    'and one of the next batch'
);
select set_rail('global', null, 'accounts_per_device', '1');
select is(pg_temp.batched('bob', '{"device": "D 1"}'), '1', 'the first of a device');
select is(
    pg_temp.batched('cat', '{"device": "D 1"}'), 'velocity_exceeded', 'and the next batch''s second'
);

select refused(
    'service_role', 'join_pots', jsonb_build_object('batch', b.batch), 'PT422',
    'invalid_argument',
    '{"argument": "batch", "expected": "1 to 500 of {pot_id, user_id, ticket_count, and '
    'idempotency_key, ip, device, region, correlation_id as far as known}, of one pot"}', b.what
)
from (values
    ('[]'::jsonb, 'an empty batch'),
    ('{}', 'no list'),
    (
        jsonb_build_array(
            pg_temp.asked('ann', 1), pg_temp.asked('ann', 1) || on_pot('small')
        ),
        'two pots'
    ),
    (jsonb_build_array(pg_temp.asked('ann', 1, '{"ticket_count": 1.5}')), 'half a ticket')
) as b (batch, what);
select refused(
    'service_role', 'join_pots',
    jsonb_build_object('batch', jsonb_build_array(
        pg_temp.asked('ann', 1) || on_pot('no such')
    )),
    'PT404', 'pot_not_found', '{}', 'a pot that is not there'
);

select * from finish();
rollback;
