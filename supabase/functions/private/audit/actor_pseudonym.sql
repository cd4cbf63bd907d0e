-- Whoever acts as an officer is staff from then on: who may stop a pot, or knows its seed, does not
-- play with the same account (private.is_staff).
-- Writes: actors, staff, each on first use.
create or replace function private.actor_pseudonym()
returns uuid
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_actor uuid := private.pseudonym_of(private.caller_subject());
    v_role text := private.claims() ->> 'role';
    v_sub uuid := private.caller_sub();
begin
    if v_role like 'pot\_%' and v_sub is not null then
        insert into private.staff (user_id, reason, added_by, added_at)
        select v_sub, 'acted as ' || v_role, v_actor, private.now()
        where not exists (select from private.staff as s where s.user_id = v_sub)
        on conflict (user_id) do nothing;
    end if;
    return v_actor;
end $$;

comment on function private.actor_pseudonym() is
'The caller''s random pseudonym in audit rows, made on first use; an officer becomes staff.';

revoke all on function private.actor_pseudonym()
from public, anon, authenticated, service_role;
