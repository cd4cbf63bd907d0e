-- Whoever was erased stays erased, and the record of it says so unchanged.
create or replace function private.tg_erasures__once()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
    if old.erased_at is not null
        or new.user_id <> old.user_id
        or new.requested_at is distinct from old.requested_at
    then
        raise check_violation using message = 'an erasure is final';
    end if;
    return new;
end $$;

comment on function private.tg_erasures__once() is
'Trigger: of an erasure only what erased it is added, once.';

revoke all on function private.tg_erasures__once()
from public, anon, authenticated, service_role;
