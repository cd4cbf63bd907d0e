-- Banned or deleted: the refusal is an answer, so that its record is kept (contract, section 4).

begin;
\ir ../support/helpers.sql
select plan(14);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 100);
select make_user('bob', 100);
select open_pot('big', '{"fill_seconds": 7200}');
select join_pot('ann', 'big', 1);
update auth.users set banned_until = '2030-01-01 13:00:00Z' where id = user_id('ann');
update auth.users set deleted_at = '2029-01-01 00:00:00Z' where id = user_id('bob');
select headers('{"x-correlation-id": "trace 7"}');

select turned_away(
    p.player, 'join_pot', on_pot('big', '{"ticket_count": 1}'),
    'PT403', 'account_blocked', '{}', '{private.events}', p.player || ' is blocked'
)
from unnest('{ann,bob}'::text[]) as p (player);
select is(
    (
        select jsonb_agg(jsonb_build_object(
            'subject', a.subject, 'pot_id', e.pot_id, 'data', e.data, 'id', e.correlation_id,
            'at', e.created_at
        ) order by e.id)
        from private.events as e
        inner join private.actors as a on e.actor_id = a.actor_id
        where e.kind = 'join_refused'
    ),
    jsonb_agg(on_pot('big', jsonb_build_object(
        'subject', user_id(p.player), 'data', '{"code": "account_blocked"}'::jsonb,
        'id', 'trace 7', 'at', private.now()
    )) order by p.player),
    'each attempt is recorded under the caller''s pseudonym and the request''s correlation id'
)
from unnest('{ann,bob}'::text[]) as p (player);
select turned_away(
    'ann', 'cancel_entry', jsonb_build_object('entry_id', entry_id('ann', 'big')),
    'PT403', 'account_blocked', '{}', '{private.events}', 'cancelling is no way out'
);
select refused(
    'ann', r.reader, r.arguments, 'PT403', 'account_blocked', '{}', 'nor is ' || r.reader
)
from (values
    ('my_wallet', '{}'::jsonb), ('my_entries', '{}'),
    ('my_receipt', jsonb_build_object('entry_id', entry_id('ann', 'big')))
) as r (reader, arguments);
select freeze_time('2030-01-01 13:00:00Z');
select ok(join_pot('ann', 'big', 1) ? 'entry_id', 'a ban ends at its time');

select * from finish();
rollback;
