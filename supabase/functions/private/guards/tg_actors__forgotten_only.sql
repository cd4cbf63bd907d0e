-- A pseudonym is for good; whom it stands for may be forgotten, and never be somebody else.
create or replace function private.tg_actors__forgotten_only()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
    if new.actor_id <> old.actor_id
        or new.created_at <> old.created_at
        or new.subject is not null and new.subject is distinct from old.subject
    then
        raise check_violation using message = 'a pseudonym stands for one person or nobody';
    end if;
    return new;
end $$;

comment on function private.tg_actors__forgotten_only() is
'Trigger: of a pseudonym only its subject changes, to NULL.';

revoke all on function private.tg_actors__forgotten_only()
from public, anon, authenticated, service_role;
