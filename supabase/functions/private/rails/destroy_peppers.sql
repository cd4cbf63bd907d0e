-- A retired pepper that no open pot uses, and whose overlap is over, can hash nothing more, and
-- from its hashes nobody gets an address without it: it is destroyed, with the links that lead to
-- hashes of it.
--
-- Locks: peppers that may be destroyed.
-- Writes: peppers, Vault, fingerprint_links.
create or replace function private.destroy_peppers(p_at timestamptz)
returns bigint[]
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_pepper private.peppers;
    v_destroyed bigint[] := '{}'::bigint[];
begin
    for v_pepper in
        select *
        from private.peppers as p
        where p.retired_at is not null
            and p.destroyed_at is null
            and coalesce(p.kept_until <= p_at, true)
            and not exists (
                select
                from private.pot_states as s
                inner join public.pots as o on s.pot_id = o.id
                where s.pepper_id = p.id and o.status = 'open'
            )
        order by p.id
        for update
    loop
        if v_pepper.vault_id is not null then
            execute 'delete from vault.secrets where id = $1' using v_pepper.vault_id;
        end if;
        update private.peppers as p
        set secret = null, vault_id = null, destroyed_at = p_at
        where p.id = v_pepper.id;
        delete from private.fingerprint_links as l where l.pepper_id = v_pepper.id;
        v_destroyed := v_destroyed || v_pepper.id;
    end loop;
    return v_destroyed;
end $$;

comment on function private.destroy_peppers(timestamptz) is
'Destroys retired peppers that no open pot uses and whose overlap is over at p_at; returns their '
'ids.';

revoke all on function private.destroy_peppers(timestamptz)
from public, anon, authenticated, service_role;
