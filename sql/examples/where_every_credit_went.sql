-- The ledger: every movement is a transfer with two sides that sum to zero. Credits enter by
-- grants, go to a pot's escrow by joins, and come back by refunds or as the prize. Nothing is kept.
--
-- Run it with psql on the database of `pypot db up`, as postgres, who owns the private tables.

begin;

insert into auth.users (id, email) values
    ('00000000-0000-0000-0000-00000000000a', 'ann@example.com'),
    ('00000000-0000-0000-0000-00000000000b', 'bob@example.com');

set role service_role;
set request.jwt.claims = '{"role": "service_role", "sub": "00000000-0000-0000-0000-00000000000c"}';

select grant_credits(id::uuid, 50, 'welcome', null) -> 'balance' as balance
from (values
    ('00000000-0000-0000-0000-00000000000a'), ('00000000-0000-0000-0000-00000000000b')
) as player (id);

select add_commitments('[{
    "pot_id": "11111111-1111-1111-1111-111111111111",
    "commit_hash": "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd"
}]') -> 'added' as added;

select create_pot(10, 8, 5) ->> 'status' as status;

set role authenticated;
set request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-0000-0000-00000000000a"}';
select join_pot('11111111-1111-1111-1111-111111111111', 2) -> 'balance' as balance;
select join_pot('11111111-1111-1111-1111-111111111111', 1) -> 'balance' as balance;
select cancel_entry(entry_id) -> 'balance' as balance from my_entries() where ticket_count = 1;

set request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-0000-0000-00000000000b"}';
select join_pot('11111111-1111-1111-1111-111111111111', 4) -> 'balance' as balance;

-- Every side of every movement. A wallet's sides carry its balance and version after them.
reset role;

select
    t.kind,
    case a.kind
        when 'wallet' then split_part(
            (select u.email from auth.users as u where u.id = a.user_id), '@', 1
        )
        else a.kind
    end as account,
    l.amount,
    l.balance_after,
    l.version
from private.transfers as t
inner join private.ledger_entries as l on t.id = l.transfer_id
inner join private.accounts as a on l.account_id = a.id
order by t.id, l.amount;

-- The balance of each account; all of them together are always nothing.
select a.kind, sum(private.account_balance(a.id)) as balance
from private.accounts as a
group by a.kind
union all
select 'all', sum(private.account_balance(a.id)) from private.accounts as a
order by 1;

-- Compliance voids the pot: everyone is refunded in full.
set role service_role;
set request.jwt.claims = '{"role": "service_role", "sub": "00000000-0000-0000-0000-00000000000c"}';

select
    answer ->> 'cause' as cause,
    answer -> 'entries_refunded' as entries,
    answer -> 'credits_refunded' as credits
from void_pot('11111111-1111-1111-1111-111111111111', 'an example') as answer;

reset role;

select a.kind, sum(private.account_balance(a.id)) as balance
from private.accounts as a
group by a.kind
order by 1;

rollback;
