-- Of a commitment only used_at may change, once.
create or replace function private.tg_commitments__used_once()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
    if old.used_at is not null
        or (new.pot_id, new.commit_hash, new.position, new.created_at)
        <> (old.pot_id, old.commit_hash, old.position, old.created_at)
    then
        raise check_violation using message = 'a commitment is immutable';
    end if;
    return new;
end $$;

comment on function private.tg_commitments__used_once() is
'Trigger: of a commitment only used_at may change, once.';

revoke all on function private.tg_commitments__used_once()
from public, anon, authenticated, service_role;
