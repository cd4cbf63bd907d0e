-- What a join may be refused for: its account, or its device, was in a ring that two people
-- confirmed, and the policy of kind confirmed_ring says so. Index lookups only, and without such a
-- policy one; it is asked before the entry is written, so a refusal leaves none.
create or replace function private.scan_join(p_user_id uuid, p_device_hash text)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
    v_from numeric;
begin
    select f.min_score into v_from
    from private.flag_policies as f
    where f.kind = 'confirmed_ring' and f.effect = 'refuse';
    if v_from is null then
        return null;
    end if;
    if v_from <= 0.95 and exists (
        select from private.flags as f where f.user_id = p_user_id and f.status = 'upheld'
    ) then
        return 'refuse';
    end if;
    if v_from <= 0.8 and exists (
        select
        from (
            select e.user_id
            from public.pot_entries as e
            where e.device_hash = p_device_hash
            limit 50
        ) as o
        inner join private.flags as f on o.user_id = f.user_id and f.status = 'upheld'
    ) then
        return 'refuse';
    end if;
    return null;
end $$;

comment on function private.scan_join(uuid, text) is
'refuse when the policy refuses joins of this account or from this device; else NULL. '
'confirmed_ring scores 0.95 for the account itself and 0.8 for its device.';

revoke all on function private.scan_join(uuid, text)
from public, anon, authenticated, service_role;
