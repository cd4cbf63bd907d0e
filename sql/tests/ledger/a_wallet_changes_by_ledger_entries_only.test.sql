-- Neither balance nor owner moves without entries that say so; a wallet starts empty and stays.

begin;
\ir ../support/helpers.sql
select plan(25);

select make_user('ann', 100);
select make_user('bob', 100);
create function pg_temp.stays(p_command text, p_message text)
returns setof text
language plpgsql
as $$
declare
    v_role text;
begin
    foreach v_role in array '{origin,replica}'::text[] loop
        perform set_config('session_replication_role', v_role, true);
        return next throws_ok(
            p_command, '23514', p_message, format('%s, as %s', p_command, v_role)
        );
    end loop;
    perform set_config('session_replication_role', 'origin', true);
end $$;
select pg_temp.stays(
    format('update private.wallets set %s where user_id = %L', c.change, user_id('ann')),
    'a wallet changes only by ledger entries'
)
from unnest(array[
    'balance = balance + 1', 'balance = balance + 1, version = version + 1',
    'version = version + 1', 'version = version - 1, balance = 0', 'balance = balance',
    'user_id = gen_random_uuid(), version = version + 1'
]) as c (change);
-- An entry of 5 credits that the wallet does not have yet.
with transfer as (
    insert into private.transfers (kind, amount, created_at) values ('grant', 5, now())
    returning id
)

insert into private.ledger_entries (transfer_id, account_id, amount, balance_after, version)
select t.id, s.account_id, s.amount, s.balance_after, s.version
from transfer as t
cross join lateral (
    select w.account_id, 5 as amount, w.balance + 5 as balance_after, w.version + 1 as version
    from private.wallets as w
    where w.user_id = user_id('ann')
    union all
    select a.id, -5, null, null from private.accounts as a where a.kind = 'issuance'
) as s;
select pg_temp.stays(
    format(
        'update private.wallets set balance = balance + %s, version = version + %s '
        'where user_id = %L', c.credits, c.entries, user_id('ann')
    ),
    'a wallet changes only by ledger entries'
)
from (values (6, 1), (5, 2), (0, 1), (5, 0)) as c (credits, entries);
select lives_ok(
    format(
        'update private.wallets set balance = balance + 5, version = version + 1 '
        'where user_id = %L', user_id('ann')
    ),
    'what the entry says is taken'
);
select pg_temp.stays(
    format(
        'insert into private.wallets (user_id, account_id, %s) values (%L, 0, 1)',
        c.name, user_id('new')
    ),
    'a wallet starts empty'
)
from unnest('{balance,version}'::text[]) as c (name);

select * from finish();
rollback;
