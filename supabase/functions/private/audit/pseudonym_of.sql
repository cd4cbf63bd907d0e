-- The random pseudonym of a subject in audit rows and events, made on first use.
-- Locks: the pseudonym, when it is new; before any wallet (docs/concepts.md, lock order).
create or replace function private.pseudonym_of(p_subject text)
returns uuid
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_actor uuid;
begin
    select a.actor_id into v_actor from private.actors as a where a.subject = p_subject;
    if not found then
        insert into private.actors (actor_id, subject, created_at)
        values (gen_random_uuid(), p_subject, private.now())
        on conflict (subject) do nothing;
        -- Whoever won the race wrote the one pseudonym.
        select a.actor_id into strict v_actor from private.actors as a where a.subject = p_subject;
    end if;
    return v_actor;
end $$;

comment on function private.pseudonym_of(text) is
'The random pseudonym of a subject (a user id, or who private.caller_subject names), made on first '
'use. Erasing the subject from private.actors forgets the person.';

revoke all on function private.pseudonym_of(text)
from public, anon, authenticated, service_role;
