-- Sends each player's balance to topic wallet:{user_id}, as private.announce_wallet sends one.
create or replace function private.announce_wallets(p_user_ids uuid[], p_pot_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
    perform private.send_messages(
        array_agg('wallet:' || w.user_id order by w.user_id),
        array_agg('balance'::text order by w.user_id),
        array_agg(
            jsonb_build_object(
                'pot_id', p_pot_id, 'balance', w.balance, 'version', w.version, 'at', t.at
            )
            order by w.user_id
        )
    )
    from private.wallets as w
    cross join (select private.json_time(private.now()) as at offset 0) as t
    where w.user_id = any (p_user_ids);
end $$;

comment on function private.announce_wallets(uuid[], uuid) is
'Sends the balance of each player to topic wallet:{user_id}; p_pot_id is the pot that moved it.';

revoke all on function private.announce_wallets(uuid[], uuid)
from public, anon, authenticated, service_role;
