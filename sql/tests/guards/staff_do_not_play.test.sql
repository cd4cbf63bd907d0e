-- Whoever is on the list of staff, acts as an officer, or has an officer's role in the token or in
-- auth.users may not join. Only the operator decides who: not what a user may write.

begin;
\ir ../support/helpers.sql
select plan(39);

select make_user(p.name, 100) from unnest('{ann,bob,cyd,dan}'::text[]) as p (name);
select open_pot('big', '{"max_tickets": 100, "max_per_user": 50}');
select ok(join_pot('ann', 'big') ? 'entry_id', 'a player plays');

select rpc('pot_compliance:carol', 'set_staff', jsonb_build_object(
    'user_id', user_id('ann'), 'staff', true, 'reason', 'hired'
));
select refused(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT403', 'not_allowed',
    '{"reason": "staff"}', 'named as staff'
);
select is(rpc('ann', 'my_wallet') ->> 'balance', '90', 'who still reads the own wallet');
select ok(cancel_entry('ann', 'big') ? 'credits_refunded', 'and leaves a pot');
select is(
    (
        select jsonb_agg(e.data - 'user') || to_jsonb(bool_and(a.subject = user_id('ann')::text))
        from private.events as e
        inner join private.actors as a on (e.data ->> 'user')::uuid = a.actor_id
        where e.kind = 'staff_set'
    ),
    '[{"before": false, "after": true, "reason": "hired"}, true]', 'recorded, by a pseudonym'
);
select rpc('service_role', 'set_staff', jsonb_build_object(
    'user_id', user_id('ann'), 'staff', false, 'reason', 'left'
));
select ok(join_pot('ann', 'big') ? 'entry_id', 'who left may play again');

-- Acting.
select ok(join_pot('bob', 'big') ? 'entry_id', 'bob plays');
select open_pot('another');
select rpc('pot_compliance:bob', 'pause_pot', on_pot('another', '{"reason": "a look"}'));
select rpc('pot_compliance:bob', 'resume_pot', on_pot('another', '{"reason": "nothing"}'));
select refused(
    'bob', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT403', 'not_allowed',
    '{"reason": "staff"}', 'having acted as compliance'
);
select refused(
    'pot_compliance:bob', 'set_staff',
    jsonb_build_object('user_id', user_id('bob'), 'staff', false, 'reason', 'let me'),
    'PT403', 'not_allowed', '{"reason": "oneself"}', 'nobody takes oneself off'
);
select is(
    (
        select jsonb_object_agg(s.member ->> 'user_id', s.member ->> 'reason')
        from jsonb_array_elements(rpc('pot_compliance:carol', 'list_staff')) as s (member)
    ),
    jsonb_build_object(
        user_id('bob'), 'acted as pot_compliance', user_id('carol'), 'acted as pot_compliance'
    ),
    'whoever acted is on the list'
);
select is(
    rpc('pot_compliance:carol', 'list_staff', jsonb_build_object(
        'after', s.list -> 0 -> 'user_id'
    )),
    jsonb_build_array(s.list -> 1), 'which goes on after the one that was last'
)
from rpc('pot_compliance:carol', 'list_staff') as s (list);

select make_user('sam', 100);
select rpc('pot_settlement:sam', 'add_commitments', jsonb_build_object(
    'commitments', jsonb_build_array(jsonb_build_object(
        'pot_id', pot_id('more'), 'commit_hash', commit_hash('more')
    ))
));
select refused(
    'sam', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT403', 'not_allowed',
    '{"reason": "staff"}', 'having made commitments, whose seeds one knows'
);

-- A role in the token, or in auth.users.
select refused(
    'cyd', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT403', 'not_allowed',
    '{"reason": "staff"}', c.claims::text, c.claims
)
from unnest(array[
    '{"app_metadata": {"role": "pot_orchestrator"}}', '{"user_role": "pot_settlement"}',
    '{"app_metadata": {"roles": ["editor", "pot_compliance"]}}', '{"roles": ["pot_beacon"]}',
    '{"app_metadata": {"user_role": "pot_treasury"}}'
]::jsonb[]) as c (claims);
select lives_ok(
    format($$ select rpc('cyd', 'join_pot', on_pot('big', '{"ticket_count": 1}'), %L) $$, c.claims),
    'not ' || c.claims
)
from unnest(array[
    '{"user_metadata": {"role": "pot_compliance"}}', '{"app_metadata": {"role": "potter"}}',
    '{"app_metadata": {"plan": "pot_gold"}}', '{"app_metadata": null}', '{"app_metadata": [7]}',
    '{"app_metadata": {"roles": {"pot_compliance": 1}}}'
]::text[]) as c (claims);
update auth.users set raw_app_meta_data = '{"role": "pot_compliance"}' where id = user_id('dan');
update auth.users set raw_user_meta_data = '{"role": "pot_compliance"}' where id = user_id('cyd');
select refused(
    'dan', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT403', 'not_allowed',
    '{"reason": "staff"}', 'a role given after the token was made'
);
select ok(join_pot('cyd', 'big') ? 'entry_id', 'not by what users write of themselves');

select refused(
    'pot_compliance', 'set_staff',
    jsonb_build_object('user_id', user_id('ann'), 'staff', true, 'reason', 'x'),
    'PT401', 'login_required', '{}', 'compliance has a name'
);
select query_refused(
    'ann', $$ select to_jsonb(set_staff(gen_random_uuid(), false, 'x')) $$,
    'permission denied for function set_staff', 'players set no staff'
);
select is((select count(*) from private.staff), 3::bigint, 'carol, bob and sam');

select * from finish();
rollback;
