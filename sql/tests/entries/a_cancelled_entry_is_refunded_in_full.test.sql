-- The owner takes an entry back while the pot is open: credits and tickets return, and with the
-- last entry the participant leaves. Called again it answers the same and changes nothing.

begin;
\ir ../support/helpers.sql
select plan(9);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 100);
select make_user('bob', 100);
select open_pot('big');
select join_pot('ann', 'big', 2);
select join_pot('ann', 'big', 1);
select join_pot('bob', 'big', 1);
select is(sold('big'), '4 tickets to 2', 'four tickets of two participants');

select look_at_tables();
create temporary table answer on commit drop as select cancel_entry('ann', 'big') as body;
select is(
    changed_tables(),
    '{pot_entries,private.events,private.ledger_entries,private.pot_stripes,private.transfers,'
    'private.wallets,realtime.messages}',
    'what it writes'
);
select is(
    a.body,
    on_pot('big', jsonb_build_object(
        'entry_id', entry_id('ann', 'big'), 'ticket_count', 1, 'credits_refunded', 10,
        'balance', 80, 'cancelled_at', '2030-01-01T12:00:00.000000Z'
    )),
    'what it answers'
)
from answer as a;
select is(sold('big'), '3 tickets to 2', 'ann has another entry, so two take part');
select pass_time('10 seconds');
select fund('ann', 5);
select look_at_tables();
select is(
    rpc('ann', 'cancel_entry', jsonb_build_object('entry_id', entry_id('ann', 'big'))), a.body,
    'the same answer later, though the balance has moved'
)
from answer as a;
select is(changed_tables(), '{}', 'and nothing changed');

select rpc('ann', 'cancel_entry', jsonb_build_object('entry_id', e.id))
from public.pot_entries as e
where e.user_id = user_id('ann') and e.cancelled_at is null;
select is(sold('big'), '1 tickets to 1', 'with her last entry ann has left');
select is(balance('ann'), 105::bigint, 'with all her credits');
select is(escrow('big'), 10::bigint, 'the escrow keeps bob''s');

select * from finish();
rollback;
