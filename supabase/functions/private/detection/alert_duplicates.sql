-- PRD 8: duplicate addresses above a threshold. Many players behind one address may be a carrier,
-- so this judges nobody; it tells a person that a pot is worth a look.
create or replace function private.alert_duplicates(p_pot_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_settings private.settings;
    v_addresses record;
    v_devices record;
begin
    select * into strict v_settings from private.settings as s where s.only_row;
    select max(a.players) as most, count(*) as shared into v_addresses
    from (
        select count(distinct e.user_id) as players
        from public.pot_entries as e
        where e.pot_id = p_pot_id and e.cancelled_at is null and e.ip_hash is not null
        group by e.ip_hash
        having count(*) > 1
    ) as a
    where a.players > 1;
    if v_addresses.most > v_settings.duplicate_address_alert then
        perform private.raise_alert('duplicate_addresses', p_pot_id, jsonb_build_object(
            'most_players', v_addresses.most, 'shared', v_addresses.shared
        ));
    end if;
    select max(d.players) as most, count(*) as shared into v_devices
    from (
        select count(distinct e.user_id) as players
        from public.pot_entries as e
        where e.pot_id = p_pot_id and e.cancelled_at is null and e.device_hash is not null
        group by e.device_hash
        having count(*) > 1
    ) as d
    where d.players > 1;
    if v_devices.most > v_settings.duplicate_device_alert then
        perform private.raise_alert('duplicate_devices', p_pot_id, jsonb_build_object(
            'most_players', v_devices.most, 'shared', v_devices.shared
        ));
    end if;
end $$;

comment on function private.alert_duplicates(uuid) is
'Raises the alert duplicate_addresses when more players of the pot share an address than '
'settings.duplicate_address_alert, and duplicate_devices for devices.';

revoke all on function private.alert_duplicates(uuid)
from public, anon, authenticated, service_role;
