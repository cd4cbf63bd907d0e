-- A wallet starts empty and changes only as ledger entries already written say: as many versions
-- up as entries, the balance by their sum.
create or replace function private.tg_wallets__explained()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
    if tg_op = 'INSERT' then
        if new.balance <> 0 or new.version <> 0 then
            raise check_violation using message = 'a wallet starts empty';
        end if;
        return new;
    end if;
    if new.user_id <> old.user_id
        or new.account_id <> old.account_id
        or new.version <= old.version
        or not exists (
            select
            from private.ledger_entries as e
            where e.account_id = new.account_id
                and e.version > old.version
                and e.version <= new.version
            having count(*) = new.version - old.version
                and sum(e.amount) = new.balance - old.balance
        )
    then
        raise check_violation using message = 'a wallet changes only by ledger entries';
    end if;
    return new;
end $$;

comment on function private.tg_wallets__explained() is
'Trigger: a wallet starts empty and changes only as ledger entries already written say: as many '
'versions up as entries, the balance by their sum.';

revoke all on function private.tg_wallets__explained()
from public, anon, authenticated, service_role;
