-- Sends the player's balance to topic wallet:{user_id}
create or replace function private.announce_wallet(p_user_id uuid, p_pot_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_wallet private.wallets;
begin
    select * into strict v_wallet from private.wallets as w where w.user_id = p_user_id;
    perform realtime.send(
        jsonb_build_object(
            'pot_id', p_pot_id,
            'balance', v_wallet.balance,
            'version', v_wallet.version,
            'at', private.json_time(private.now())
        ),
        'balance', 'wallet:' || p_user_id, true
    );
end $$;

comment on function private.announce_wallet(uuid, uuid) is
'Sends the player''s balance to topic wallet:{user_id}; p_pot_id is the pot that moved it, if one '
'did.';

revoke all on function private.announce_wallet(uuid, uuid)
from public, anon, authenticated, service_role;
