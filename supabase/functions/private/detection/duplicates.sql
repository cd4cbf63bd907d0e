-- PRD 8: duplicate addresses above a threshold. Many players behind one address may be a carrier,
-- so this judges nobody; it tells a person that a pot is worth a look.
create or replace function private.duplicates(
    p_pot_id uuid, out addresses jsonb, out devices jsonb
)
language plpgsql
stable
set search_path = ''
as $$
declare
    v_settings private.settings;
begin
    select * into strict v_settings from private.settings as s where s.only_row;
    select jsonb_build_object('most_players', d.most, 'shared', d.shared) into addresses
    from (
        select max(t.players) as most, count(*) as shared
        from (
            select count(distinct e.user_id) as players
            from public.pot_entries as e
            where e.pot_id = p_pot_id and e.cancelled_at is null and e.ip_hash is not null
            group by e.ip_hash
        ) as t
        where t.players > 1
    ) as d
    where d.most > v_settings.duplicate_address_alert;
    select jsonb_build_object('most_players', d.most, 'shared', d.shared) into devices
    from (
        select max(t.players) as most, count(*) as shared
        from (
            select count(distinct e.user_id) as players
            from public.pot_entries as e
            where e.pot_id = p_pot_id and e.cancelled_at is null and e.device_hash is not null
            group by e.device_hash
        ) as t
        where t.players > 1
    ) as d
    where d.most > v_settings.duplicate_device_alert;
end $$;

comment on function private.duplicates(uuid, out jsonb, out jsonb) is
'{most_players, shared} of a pot where more of its players share an address than '
'settings.duplicate_address_alert, and likewise of devices; else NULL.';

revoke all on function private.duplicates(uuid, out jsonb, out jsonb)
from public, anon, authenticated, service_role;
