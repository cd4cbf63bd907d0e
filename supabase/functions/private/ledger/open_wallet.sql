-- Makes the player's account and wallet unless they exist, and locks the wallet.
create or replace function private.open_wallet(p_user_id uuid)
returns private.wallets
language plpgsql
volatile
set search_path = ''
as $$
begin
    perform private.require_read_committed();
    insert into private.accounts (kind, user_id, created_at)
    values ('wallet', p_user_id, private.now())
    on conflict (user_id) do nothing;
    -- Whoever had no wallet joined nothing: its tally is of all time.
    insert into private.wallets (user_id, account_id, tally_from)
    select a.user_id, a.id, '-infinity' from private.accounts as a where a.user_id = p_user_id
    on conflict (user_id) do nothing;
    return private.lock_wallet(p_user_id);
end $$;

comment on function private.open_wallet(uuid) is
'Makes the player''s account and wallet unless they exist, and locks the wallet. Returns it.';

revoke all on function private.open_wallet(uuid)
from public, anon, authenticated, service_role;
