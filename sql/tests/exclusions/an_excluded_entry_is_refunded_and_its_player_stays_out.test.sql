-- Compliance takes an entry out of an open pot: full refund, tickets for sale again, a row of the
-- chain whose reason nobody else reads. Its player does not join that pot again, but others.

begin;
\ir ../support/helpers.sql
select plan(24);

create function pg_temp.excluded(p_entry_id uuid, p_reason text default 'one device')
returns jsonb
language sql
as $$
    select jsonb_build_object('entry_id', p_entry_id, 'reason', p_reason)
$$;
select freeze_time('2030-01-01 12:00:00Z');
select make_user(n.name, 100) from unnest('{ann,bob}'::text[]) as n (name);
select open_pot('big');
select join_pot('ann', 'big', 2);
select join_pot('ann', 'big', 3);
select join_pot('bob', 'big', 4);
select pass_time('1 minute');
select forget_messages();
select look_at_tables();
create temporary table answer on commit drop as
select rpc('pot_compliance:carol', 'exclude_entry', pg_temp.excluded(entry_id('ann', 'big')))
    as body;
select is(
    changed_tables(), (
        '{pot_entries,pots_audit,private.actors,private.events,private.exclusions,'
        'private.ledger_entries,private.lobby_pulses,private.log_pending,private.pot_states,'
        'private.pot_stripes,private.staff,private.transfers,private.wallets,realtime.messages}'
    )::text[], 'what it writes'
);
select is(
    a.body,
    on_pot('big', jsonb_build_object(
        'entry_id', entry_id('ann', 'big'), 'ticket_count', 3, 'credits_refunded', 30,
        'excluded_at', '2030-01-01T12:01:00.000000Z'
    )), 'what it answers'
)
from answer as a;
select is(balance('ann'), 80::bigint, 'that entry is refunded');
select is(sold('big'), '6 tickets to 2', 'and its tickets are for sale again');
select is(escrow('big'), 60::bigint, 'the escrow holds the rest');
select is((chain('big'))[2:], '{excluded}', 'the chain has a row');
select is(
    (
        select jsonb_build_object('action', c -> 'action', 'payload', c -> 'payload')
        from jsonb_array_elements(rpc('anon', 'get_audit_chain', on_pot('big'))) as c
        where c -> 'seq' = '2'
    ), '{"action": "excluded", "payload": null}', 'whose payload is withheld'
);
select is(
    (select a.reason from public.pots_audit as a where a.action = 'excluded'), 'one device',
    'compliance reads it'
);
select is(
    (select array_agg(m.event) from messages('pots:' || pot_id('big')) as m), '{entry_cancelled}',
    'the pot''s topic hears that an entry left'
);
select is(
    (select array_agg(m.payload -> 'balance') from messages('wallet:' || user_id('ann')) as m),
    '{80}', 'and its player of the refund'
);
select is(
    rpc('ann', 'cancel_entry', jsonb_build_object('entry_id', entry_id('ann', 'big')))
    - '{balance}'::text[],
    on_pot('big', jsonb_build_object(
        'entry_id', entry_id('ann', 'big'), 'ticket_count', 3, 'credits_refunded', 30,
        'cancelled_at', '2030-01-01T12:01:00.000000Z'
    )), 'who may ask to take it back, and reads what it was refunded'
);
select turned_away(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT403', 'account_blocked',
    '{"reason": "excluded"}', '{private.events}', 'ann stays out'
);
select is(sold('big'), '6 tickets to 2', 'the entry that was not excluded stays in');
select open_pot('next');
select ok(join_pot('ann', 'next', 1) ? 'entry_id', 'and ann joins another pot');
select ok(join_pot('bob', 'big', 1) ? 'entry_id', 'as others join this one');
select look_at_tables();
select is(
    rpc('pot_compliance:carol', 'exclude_entry', pg_temp.excluded(a.entry_id, 'again')), a.body,
    'excluded again by the same person: the first answer'
)
from (select a.body, (a.body ->> 'entry_id')::uuid as entry_id from answer as a) as a;
select is(changed_tables(), '{}', 'and nothing changed');

-- The last entry of a player, of a paused pot.
select rpc('pot_compliance:carol', 'pause_pot', on_pot('big', '{"reason": "a look"}'));
select is(
    rpc('pot_compliance:dave', 'exclude_entry', pg_temp.excluded(e.id)) ->> 'credits_refunded',
    '20', 'a paused pot too'
)
from public.pot_entries as e
where e.user_id = user_id('ann') and e.pot_id = pot_id('big') and e.cancelled_at is null;
select is(sold('big'), '5 tickets to 1', 'a player less');
select rpc('pot_compliance:carol', 'resume_pot', on_pot('big', '{"reason": "looked"}'));
select make_user('cid', 100);
select join_pot('cid', 'big', 5);
select lock('big');
select is(
    (
        select array_agg(e.user_id order by e.first_ticket)
        from public.pot_entries as e
        where e.pot_id = pot_id('big') and e.first_ticket is not null
    ),
    array[user_id('bob'), user_id('bob'), user_id('cid')], 'the lock numbers who is left'
);
select is((pot('big')).total_tickets, 10::bigint, 'without a gap');
select is(
    (rpc('anon', 'hold_stats') -> 'excluded_entries'), '2', 'the public rates count them'
);
select is(
    rpc('pot_compliance:carol', 'exclude_entry', pg_temp.excluded(a.entry_id, 'again')), a.body,
    'after the lock the first answer still stands'
)
from (select a.body, (a.body ->> 'entry_id')::uuid as entry_id from answer as a) as a;

select * from finish();
rollback;
