-- What a join answers, and everything it writes: the entry, the stripe, two ledger entries, the
-- wallet.

begin;
\ir ../support/helpers.sql
select plan(7);

-- However slow this machine is, the lobby heard of the pot just now.
update private.settings set lobby_interval = '1 day' where only_row;

select make_user('ann', 100);
select open_pot('big');
select look_at_tables();
create temporary table answer on commit drop as select join_pot('ann', 'big', 3, 'key 1') as body;

select is(
    changed_tables(),
    '{pot_entries,private.events,private.idempotency_keys,private.ledger_entries,'
    'private.pot_stripes,'
    'private.transfers,private.wallets,realtime.messages}',
    'it writes no chain row, no state of the pot and nothing of its escrow'
);
select is(
    a.body,
    (
        select jsonb_build_object(
            'entry_id', e.id,
            'pot_id', pot_id('big'),
            'ticket_count', 3,
            'credits_spent', 30,
            'balance', 70,
            'tickets_sold', 3,
            'credits_committed', 30,
            'entrant', left(e.entrant_tag, 16),
            'salt', e.salt
        )
        from public.pot_entries as e
        where e.user_id = user_id('ann')
    ),
    'the answer has the documented fields'
)
from answer as a;
select is(balance('ann'), 70::bigint, 'the wallet paid');
select is(escrow('big'), 30::bigint, 'the escrow has it');
select is(sold('big'), '3 tickets to 1', 'three tickets, one participant');
select is(
    (
        select row(t.kind, t.pot_id, t.entry_id, t.amount, array_agg(l.amount order by l.amount))
        from private.transfers as t
        inner join private.ledger_entries as l on t.id = l.transfer_id
        where t.kind = 'join'
        group by t.id
    )::text,
    row('join', pot_id('big'), entry_id('ann', 'big'), 30, '{-30,30}'::bigint[])::text,
    'one transfer with two sides'
);
select is(rpc('ann', 'my_wallet'), '{"balance": 70, "version": 2}', 'and my_wallet knows');

select * from finish();
rollback;
