-- grant_credits moves them from issuance to the player's wallet, and says what it made of it.

begin;
\ir ../support/helpers.sql
select plan(5);

select make_user('ann');
select look_at_tables();
create temporary table answer on commit drop as
select rpc('pot_treasury', 'grant_credits', jsonb_build_object(
    'user_id', user_id('ann'), 'amount', 7, 'reason', 'welcome', 'idempotency_key', 'k'
)) as body;
select is(
    changed_tables(),
    '{private.accounts,private.actors,private.events,private.idempotency_keys,'
    'private.ledger_entries,private.transfers,private.wallets,realtime.messages}',
    'what it writes'
);
select is(
    a.body - 'transfer_id',
    jsonb_build_object('user_id', user_id('ann'), 'amount', 7, 'balance', 7, 'version', 1),
    'what it answers'
)
from answer as a;
select is(
    (
        select jsonb_build_array(t.kind, t.amount, t.reason, a.subject)
        from private.transfers as t
        inner join private.actors as a on t.actor_id = a.actor_id
    ),
    '["grant", 7, "welcome", "role:pot_treasury"]', 'who gave them, and why'
);
select is(rpc('ann', 'my_wallet'), '{"balance": 7, "version": 1}', 'ann has them');
select is(
    rpc('nobody', 'my_wallet', '{}', jsonb_build_object('sub', user_id('ann'))) -> 'balance', '7',
    'my_wallet goes by the sub of the claims'
);

select * from finish();
rollback;
