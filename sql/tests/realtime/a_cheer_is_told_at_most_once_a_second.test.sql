-- cheer_pot (contract, section 3): a broadcast, one a second a player and pot, by players only.

begin;
\ir ../support/helpers.sql
select plan(24);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 10);
select make_user('bob', 10);
select open_pot('big', '{}');
select open_pot('other', '{}');
select forget_messages();

create function pg_temp.cheer(p_player text, p_pot text, p_reaction text)
returns jsonb
language sql
as $$
    select rpc(p_player, 'cheer_pot', on_pot(p_pot, jsonb_build_object('reaction', p_reaction)))
$$;
select is(
    pg_temp.cheer('ann', 'big', 'luck'), on_pot('big', '{"reaction": "luck"}'), 'ann cheers'
);
select is(
    (
        select jsonb_build_object(m.event, m.payload - '{id,pot_id,version,at}'::text[])
        from messages('pots:' || pot_id('big')) as m
    ),
    '{"cheer": {"reaction": "luck"}}',
    'whoever watches the pot hears it, and not who it was'
);
select turned_away(
    'ann', 'cheer_pot', on_pot('big', '{"reaction": "clap"}'),
    'PT429', 'velocity_exceeded', '{}', '{private.events}', 'not again at once'
);
select ok(pg_temp.cheer('bob', 'big', 'fire') ? 'reaction', 'another player may');
select ok(pg_temp.cheer('ann', 'other', 'wow') ? 'reaction', 'and ann another pot');
select pass_time('999 milliseconds');
select turned_away(
    'ann', 'cheer_pot', on_pot('big', '{"reaction": "clap"}'),
    'PT429', 'velocity_exceeded', '{}', '{private.events}', 'not within the second'
);
select pass_time('1 millisecond');
select ok(pg_temp.cheer('ann', 'big', 'heart') ? 'reaction', 'again after a second');

select refused(
    'ann', 'cheer_pot', on_pot('big', jsonb_build_object('reaction', r.reaction)),
    'PT422', 'invalid_argument',
    '{"argument": "reaction", "expected": "clap, fire, luck, wow, heart"}',
    'no such reaction: ' || coalesce(r.reaction, 'null')
)
from unnest('{boo,Clap,null}'::text[]) as r (reaction);
select refused(
    'ann', 'cheer_pot', '{"pot_id": null, "reaction": "clap"}', 'PT422', 'invalid_argument',
    '{"argument": "pot_id", "expected": "a value"}', 'a pot is needed'
);
select refused(
    'ann', 'cheer_pot',
    '{"pot_id": "00000000-0000-4000-8000-000000000000", "reaction": "clap"}',
    'PT404', 'pot_not_found', '{}', 'it must exist'
);
select refused(
    'authenticated', 'cheer_pot', on_pot('big', '{"reaction": "clap"}'),
    'PT401', 'login_required', '{}', 'only players cheer'
);
update auth.users set banned_until = '2031-01-01 00:00:00Z' where id = user_id('bob');
select turned_away(
    'bob', 'cheer_pot', on_pot('big', '{"reaction": "clap"}'),
    'PT403', 'account_blocked', '{}', '{private.events}', 'who is blocked does not'
);
select results_eq(
    $$
    select e.kind, e.data ->> 'reaction', e.data ->> 'code'
    from private.events as e
    where e.kind in ('pot_cheered', 'cheer_refused')
    order by e.id
    $$,
    $$
    values
    ('pot_cheered', 'luck', null),
    ('cheer_refused', null, 'velocity_exceeded'),
    ('pot_cheered', 'fire', null),
    ('pot_cheered', 'wow', null),
    ('cheer_refused', null, 'velocity_exceeded'),
    ('pot_cheered', 'heart', null),
    ('cheer_refused', null, 'account_blocked')
    $$,
    'each of them left its event'
);

select * from finish();
rollback;
