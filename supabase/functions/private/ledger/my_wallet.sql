-- The caller's own wallet. Raises: login_required, not_allowed, account_blocked.
create or replace function private.my_wallet()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_user uuid := private.require_player();
    v_wallet private.wallets;
begin
    select * into v_wallet from private.wallets as w where w.user_id = v_user;
    return jsonb_build_object(
        'balance', coalesce(v_wallet.balance, 0), 'version', coalesce(v_wallet.version, 0)
    );
end $$;

comment on function private.my_wallet() is
'Definer half of public.my_wallet.';

revoke all on function private.my_wallet()
from public, anon, authenticated, service_role;
grant execute on function private.my_wallet()
to authenticated, service_role;
