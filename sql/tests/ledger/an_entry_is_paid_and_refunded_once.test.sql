-- Unique keys stand behind the functions: no second payment, no second refund of an entry.

begin;
\ir ../support/helpers.sql
select plan(2);

select make_user('ann', 100);
select open_pot('big');
select join_pot('ann', 'big', 1);
create function pg_temp.post(p_kind text)
returns text
language sql
as $$
    select format(
        'select private.post_transfer(%L, %L, %L, %s, %s, 1, now())',
        p_kind, pot_id('big'), entry_id('ann', 'big'), s.escrow_account, w.account_id
    )
    from private.wallets as w
    cross join private.pot_states as s
$$;
select throws_ok(pg_temp.post('join'), '23505', null, 'a second payment');
select cancel_entry('ann', 'big');
select throws_ok(pg_temp.post('refund'), '23505', null, 'a second refund');

select * from finish();
rollback;
