-- A signing key is what it was registered as; it can be revoked once and never be good again.
create or replace function private.tg_signing_keys__revoked_once()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
    if old.revoked_at is not null
        or new.revoked_at is null
        or (new.kid, new.purpose, new.public_key, new.valid_from)
        <> (old.kid, old.purpose, old.public_key, old.valid_from)
    then
        raise check_violation using message = 'a signing key can only be revoked, once';
    end if;
    return new;
end $$;

comment on function private.tg_signing_keys__revoked_once() is
'Trigger: of a signing key only revoked_at and its reason may change, once.';

revoke all on function private.tg_signing_keys__revoked_once()
from public, anon, authenticated, service_role;
