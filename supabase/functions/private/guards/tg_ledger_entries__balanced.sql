-- Every transfer written by a statement has exactly two entries and they sum to zero.
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
        group by a.transfer_id
        having count(*) <> 2 or sum(a.amount) <> 0
    ) then
        raise check_violation using message = 'a transfer has two entries that sum to zero';
    end if;
    return null;
end $$;

comment on function private.tg_ledger_entries__balanced() is
'Trigger: every transfer written by a statement has exactly two entries and they sum to zero.';

revoke all on function private.tg_ledger_entries__balanced()
from public, anon, authenticated, service_role;
