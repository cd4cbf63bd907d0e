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
        from added as a
        left join private.transfers as t on a.transfer_id = t.id
        group by a.transfer_id
        having count(t.id) <> 2 or count(*) <> 2 or sum(a.amount) <> 0
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
