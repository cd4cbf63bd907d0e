-- A wallet changes only as ledger entries already written say: as many versions up as entries, the
-- balance by their sum. Once a statement, however many wallets it changes.
create or replace function private.tg_wallets__explained()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
    if exists (
        select
        from was
        full join became on was.user_id = became.user_id and was.account_id = became.account_id
        cross join lateral (
            select count(*) as entries, sum(e.amount) as amount
            from private.ledger_entries as e
            where e.account_id = became.account_id
                and e.version > was.version
                and e.version <= became.version
        ) as l
        where was.user_id is null
            or became.user_id is null
            or became.version <= was.version
            or l.entries <> became.version - was.version
            or l.amount is distinct from became.balance - was.balance
    ) then
        raise check_violation using message = 'a wallet changes only by ledger entries';
    end if;
    return null;
end $$;

comment on function private.tg_wallets__explained() is
'Trigger: a wallet changes only as ledger entries already written say: as many versions up as '
'entries, the balance by their sum.';

revoke all on function private.tg_wallets__explained()
from public, anon, authenticated, service_role;
