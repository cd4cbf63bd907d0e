-- account_balance of a wallet and of an escrow, at, before and between movements.

begin;
\ir ../support/helpers.sql
select plan(4);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 100);
select open_pot('big');
select freeze_time('2030-01-01 12:00:10Z');
select join_pot('ann', 'big', 3);
select freeze_time('2030-01-01 12:00:20Z');
select cancel_entry('ann', 'big');

select is(
    array_agg(private.account_balance(a.id, m.moment) order by m.moment),
    case a.kind
        when 'wallet' then '{0,100,100,70,70,100,100}' else '{0,0,0,30,30,0,0}'
    end::bigint[],
    a.kind
)
from private.accounts as a
cross join (
    values
    ('2030-01-01 11:59:59.999999Z'::timestamptz), ('2030-01-01 12:00:00Z'),
    ('2030-01-01 12:00:09.999999Z'), ('2030-01-01 12:00:10Z'), ('2030-01-01 12:00:19.999999Z'),
    ('2030-01-01 12:00:20Z'), ('2031-01-01 00:00:00Z')
) as m (moment)
where a.kind in ('wallet', 'escrow')
group by a.kind;
select is(private.account_balance(a.id), 100::bigint, 'and now')
from private.accounts as a
where a.kind = 'wallet';
select is(private.account_balance(0), null, 'NULL of no account');

select * from finish();
rollback;
