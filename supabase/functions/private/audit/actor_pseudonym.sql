-- The caller's random pseudonym in audit rows, made on first use.
create or replace function private.actor_pseudonym()
returns uuid
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_subject text := private.caller_subject();
    v_actor uuid;
begin
    select a.actor_id into v_actor from private.actors as a where a.subject = v_subject;
    if not found then
        insert into private.actors (actor_id, subject, created_at)
        values (gen_random_uuid(), v_subject, private.now())
        on conflict (subject) do nothing;
        -- Whoever won the race wrote the one pseudonym.
        select a.actor_id into strict v_actor from private.actors as a where a.subject = v_subject;
    end if;
    return v_actor;
end $$;

comment on function private.actor_pseudonym() is
'The caller''s random pseudonym in audit rows, made on first use. Erasing the subject from '
'private.actors forgets the person.';

revoke all on function private.actor_pseudonym()
from public, anon, authenticated, service_role;
