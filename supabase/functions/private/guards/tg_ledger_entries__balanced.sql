-- Every entry written by a statement is of a transfer, each of these has exactly two of them and
-- they sum to zero. In place of a foreign key, which looks once an entry, takes a lock each time
-- and is silent under session_replication_role = replica; transfers are never deleted.
create or replace function private.tg_ledger_entries__balanced()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
    if exists (
        select
        from (
            select a.transfer_id, count(*) as entries, sum(a.amount) as amount
            from added as a
            group by a.transfer_id
            offset 0
        ) as w
        where w.entries <> 2
            or w.amount <> 0
            -- One by one: a plan that was made for a statement of many would read every transfer.
            or (select true from private.transfers as t where t.id = w.transfer_id limit 1) is null
    ) then
        raise check_violation using message = 'a transfer has two entries that sum to zero';
    end if;
    return null;
end $$;

comment on function private.tg_ledger_entries__balanced() is
'Trigger: every entry written by a statement is of a transfer that exists, and each of these has '
'exactly two entries that sum to zero.';

revoke all on function private.tg_ledger_entries__balanced()
from public, anon, authenticated, service_role;
