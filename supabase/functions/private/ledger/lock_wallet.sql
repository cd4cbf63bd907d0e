-- A statement of its own on purpose: what a later statement reads of this player cannot be
-- stale then.
create or replace function private.lock_wallet(p_user_id uuid)
returns private.wallets
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_wallet private.wallets;
begin
    select * into v_wallet from private.wallets as w where w.user_id = p_user_id for update;
    return v_wallet;
end $$;

comment on function private.lock_wallet(uuid) is
'Locks the player''s wallet for the rest of the transaction and returns it; all NULL when there is '
'none. Take wallets in order of user_id (docs/concepts.md, lock order).';

revoke all on function private.lock_wallet(uuid)
from public, anon, authenticated, service_role;
