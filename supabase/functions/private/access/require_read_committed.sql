-- What is read under a lock must be newer than the lock. In a transaction with one snapshot a join
-- would enter a pot that was locked meanwhile, and a lock would leave out entries that are paid.
-- And a serializable one may fail with 40001 as late as at its commit, where no handler of ours is.
create or replace function private.require_read_committed()
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
        perform private.fail('busy', '{"reason": "transaction_isolation must be read committed"}');
    end if;
end $$;

comment on function private.require_read_committed() is
'Fails with busy when the caller''s transaction keeps one snapshot (repeatable read, '
'serializable): called by every writer, by itself or through hold_pot or open_wallet.';

revoke all on function private.require_read_committed()
from public, anon, authenticated, service_role;
