-- What kept a pot from locking is put right: the next try locks it and closes the alert.

begin;
\ir ../support/helpers.sql
select plan(4);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('eve', 100);
select open_pot('pot');
select fill('pot');
-- As the owner of the tables: a credit too much in the escrow, and then back.
select private.post_transfer(
    'join', pot_id('pot'), gen_random_uuid(), w.account_id, a.id, 1, private.now()
)
from private.accounts as a
cross join private.wallets as w
where a.pot_id = pot_id('pot') and w.user_id = user_id('eve');
select is(rpc('pot_orchestrator', 'run_due') ->> 'task', 'set_aside', 'it cannot be locked');
select is(open_alerts(), '{pot_stuck}', 'which is an alert');
select private.post_transfer(
    'refund', pot_id('pot'), gen_random_uuid(), a.id, w.account_id, 1, private.now()
)
from private.accounts as a
cross join private.wallets as w
where a.pot_id = pot_id('pot') and w.user_id = user_id('eve');
select pass_time('1 minute');
select is(rpc('pot_orchestrator', 'run_due') ->> 'task', 'lock', 'it locks');
select is(open_alerts(), '{}', 'and the alert is closed');

select * from finish();
rollback;
