-- Neither balance nor owner moves without entries that say so; a wallet starts empty and stays.

begin;
\ir ../support/helpers.sql
select plan(16);

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
