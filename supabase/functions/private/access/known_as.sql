-- An address or a device has another hash under another pepper. For a while after a rotation the
-- old pepper is kept, and who was known under it stays known by the hash of then: it is looked up
-- once, when they first come to a pot of the new pepper, and kept as a link from hash to hash.
-- After two rotations in a while two old ones are kept, of which the newer one is asked first.
--
-- Known is who came before the pot's own pepper was made, so that the answer is the same for every
-- join of a pot.
-- Locks: the link, when it is new: two who come at once write the same.
-- Writes: fingerprint_links.
-- Raises: no_data_found (a pepper that is gone).
create or replace function private.known_as(
    p_kind text, p_value text, p_hash text, p_pepper_id bigint
)
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_known_as text;
    v_old record;
begin
    if p_hash is null then
        return null;
    end if;
    select l.known_as into v_known_as from private.fingerprint_links as l where l.hash = p_hash;
    if found then
        return v_known_as;
    end if;
    for v_old in
        select o.id, p.created_at as until
        from private.peppers as p
        inner join private.peppers as o on o.id < p.id
        where p.id = p_pepper_id and o.destroyed_at is null and o.kept_until > private.now()
        order by o.id desc
    loop
        v_known_as := private.fingerprint(p_kind, p_value, private.pepper_secret(v_old.id));
        v_known_as := coalesce(
            (select l.known_as from private.fingerprint_links as l where l.hash = v_known_as),
            v_known_as
        );
        if exists (
            select
            from public.pot_entries as e
            where (p_kind = 'ip' and e.ip_hash = v_known_as and e.created_at < v_old.until)
                or (
                    p_kind = 'device'
                    and e.device_hash = v_known_as
                    and e.created_at < v_old.until
                )
        ) then
            insert into private.fingerprint_links (hash, known_as, pepper_id, created_at)
            values (p_hash, v_known_as, p_pepper_id, private.now())
            on conflict (hash) do nothing;
            return v_known_as;
        end if;
    end loop;
    return p_hash;
end $$;

comment on function private.known_as(text, text, text, bigint) is
'The hash that an address or device (p_kind ip or device) is kept under: p_hash, or while older '
'peppers are kept, the one by which it was known before the last rotation.';

revoke all on function private.known_as(text, text, text, bigint)
from public, anon, authenticated, service_role;
