-- erase_player: what ties a user id to a person goes, what books and proofs are made of stays.

begin;
\ir ../support/helpers.sql
select plan(25);

create function pg_temp.erase(p_player text, p_more jsonb default '{}')
returns jsonb
language sql
as $$
    select rpc('pot_compliance:carol', 'erase_player', jsonb_build_object(
        'user_id', user_id(p_player), 'reason', 'asked to be'
    ) || p_more)
$$;

-- What detection finds of players who share everything is noted here, and holds nothing.
delete from private.flag_policies where true;
select freeze_time('2030-01-01 12:00:00Z');
select headers('{"cf-connecting-ip": "192.0.2.1", "x-device-id": "phone"}');
select make_user('ann', 100);
select make_user('ben', 100);
select open_pot('over');
select open_pot('playing');
select join_pot('ann', 'over', 5, 'ann''s key');
select join_pot('ben', 'over', 5);
select bring_to('over', 'settled');
select join_pot('ann', 'playing', 2);
select cancel_entry('ann', 'playing');
select rpc('ann', 'request_erasure');
insert into private.flags (
    pot_id, user_id, kind, score, evidence, phase, effect, created_at, updated_at
)
values (
    pot_id('over'), user_id('ann'), 'shared_ip', 0.5, '{"accounts": 2}', 'join', 'note',
    private.now(), private.now()
);
create temporary table kept on commit drop as
select e.id, e.user_id, e.ticket_count, e.salt, e.entrant_tag, e.first_ticket, e.created_at
from public.pot_entries as e;
create temporary table proof on commit drop as
select rpc('anon', 'get_proof', on_pot('over')) as proof;
create temporary table pseudonym on commit drop as
select a.actor_id from private.actors as a where a.subject = user_id('ann')::text;

select is(open_alerts(), '{erasure_requested}', 'a request is seen');
select is(
    rpc('pot_compliance:carol', 'list_erasures', '{"waiting": true}') -> 0 -> 'obstacle',
    jsonb_build_object('reason', 'balance', 'balance', balance('ann')), 'and what stands in its way'
);
select look_at_tables();
select is(
    pg_temp.erase('ann', '{"forfeit": true}'),
    jsonb_build_object(
        'user_id', user_id('ann'), 'erased_at', '2030-01-01T12:00:00.000000Z',
        'self_excluded_until', null, 'entries', 2,
        'keys', 1, 'flags', f.flags,
        'credits_left', balance('ann'), 'login_remains', true
    ),
    'ann is erased'
)
from (
    select count(*) as flags from private.flags as n where n.user_id = user_id('ann')
) as f;
select is(
    (
        select array_agg(t order by t)
        from unnest(changed_tables()) as t
        where t <> 'private.event_positions'
    ),
    '{pot_entries,private.actors,private.alerts,private.erasures,private.events,private.flags,'
    'private.idempotency_keys,private.staff,realtime.messages}', 'what it writes'
);
select is(
    (
        select count(*)
        from public.pot_entries as e
        where e.user_id = user_id('ann') and num_nonnulls(e.ip_hash, e.device_hash) > 0
    ),
    0::bigint, 'where her entries came from is gone'
);
select is(
    (select count(*) from public.pot_entries as e where e.ip_hash is not null), 1::bigint,
    'ben''s is not'
);
select ok(
    not exists (select from private.actors as a where a.subject = user_id('ann')::text),
    'nobody is behind her pseudonym'
);
select ok(
    exists (
        select from private.actors as a inner join pseudonym as p on a.actor_id = p.actor_id
    ),
    'which stays'
);
select ok(
    not exists (
        select from private.idempotency_keys as k where k.subject = user_id('ann')::text
    ),
    'her key is gone'
);
select is(
    (
        select array_agg(distinct f.evidence)
        from private.flags as f
        where f.user_id = user_id('ann')
    ),
    array['{"forgotten": true}'::jsonb], 'and the evidence about her'
);
select is(
    (
        select count(*)
        from public.pot_entries as e
        inner join kept as k
            on (e.id, e.user_id, e.ticket_count, e.salt, e.entrant_tag, e.created_at)
            = (k.id, k.user_id, k.ticket_count, k.salt, k.entrant_tag, k.created_at)
            and e.first_ticket is not distinct from k.first_ticket
    ),
    3::bigint, 'what her entries bought stays'
);
select is(rpc('anon', 'get_proof', on_pot('over')), p.proof, 'the proof is the same')
from proof as p;
select ok(
    not exists (
        select
        from private.events as e
        cross join pseudonym as p
        where e.kind = 'player_erased'
            and (
                e.data::text like '%' || user_id('ann') || '%'
                or e.data::text like '%' || p.actor_id || '%'
            )
    ),
    'the event of it names nobody'
);
select is(open_alerts(), '{}', 'nobody waits any more');
select is(pg_temp.erase('ann', '{"forfeit": true}') ->> 'entries', '2', 'again: the first answer');
select refused(
    'pot_compliance:dave', 'erase_player', jsonb_build_object(
        'user_id', user_id('ann'), 'reason', 'again'
    ), 'PT409', 'wrong_state', '{"reason": "erased"}', 'by another person'
);
select refused(
    'ann', f.name, f.arguments, 'PT403', 'not_allowed', '{}', f.name || ' of a token that is left'
)
from (values
    ('join_pot', on_pot('playing', '{"ticket_count": 1}')), ('my_wallet', '{}'), ('my_data', '{}')
) as f (name, arguments);
select throws_ok(
    format('update private.erasures set erased_at = null where user_id = %L', user_id('ann')),
    '23514', 'an erasure is final', 'it is final'
);
select throws_ok(
    format(
        'update private.actors set subject = %L where subject is null', user_id('ben')
    ),
    '23514', 'a pseudonym stands for one person or nobody', 'and nobody becomes her pseudonym'
);

select * from finish();
rollback;
