-- The one writer of the ledger cannot take what is not there, whoever calls it.

begin;
\ir ../support/helpers.sql
select plan(2);

select make_user('ann', 10);
select open_pot('big');
select throws_ok(
    $$
        select private.post_transfer(
            'join', pot_id('big'), gen_random_uuid(), w.account_id, s.escrow_account, 11, now()
        )
        from private.wallets as w
        cross join private.pot_states as s
    $$,
    '23514', null, 'eleven of ten credits'
);
select is(balance('ann'), 10::bigint, 'nothing moved');

select * from finish();
rollback;
