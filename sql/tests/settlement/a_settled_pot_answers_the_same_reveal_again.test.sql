-- The same seed gets the first answer; any other is too late, and pays nobody.

begin;
\ir ../support/helpers.sql
select plan(5);

select open_pot('big');
select bring_to('big', 'settling');
create temporary table answer on commit drop as select reveal('big') as body;
select look_at_tables();
select is(reveal('big'), a.body, 'the same answer') from answer as a;
select is(changed_tables(), '{}', 'and nothing changed');
select refused(
    'pot_settlement', 'reveal_pot', reveal_of('big') || jsonb_build_object(
        'reveal_seed', repeat('11', 32)
    ),
    'PT409', 'wrong_state', '{"status": "settled"}', 'another seed'
);
select throws_ok(
    $$
        select private.post_transfer(
            'payout', pot_id('big'), null, s.escrow_account, w.account_id, 1, private.now()
        )
        from private.pot_states as s
        cross join (select * from private.wallets limit 1) as w
    $$,
    '23505', null, 'a second payout cannot even be written'
);

select * from finish();
rollback;
