-- The guard of wallets looks once a statement, like that of ledger entries.
drop trigger tg_wallets__explained on private.wallets;
create trigger tg_wallets__explained after update on private.wallets
referencing old table as was new table as became
for each statement execute function private.tg_wallets__explained();
create trigger tg_wallets__empty before insert on private.wallets
for each row when (new.balance <> 0 or new.version <> 0)
execute function private.tg_wallets__empty();
alter table private.wallets enable always trigger tg_wallets__explained;
alter table private.wallets enable always trigger tg_wallets__empty;
