-- Of a month it changes only that it was detached, into which file, and that it came back; what is
-- carried forward of it is there exactly while it is detached.
create or replace function private.tg_archive_months__history()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
    if (new.month, new.opened_at) <> (old.month, old.opened_at)
        or (new.detached_at is null) = (old.detached_at is null)
    then
        raise check_violation using message = 'a month of the archive is detached or attached';
    end if;
    return new;
end $$;

comment on function private.tg_archive_months__history() is
'Trigger: of a month of the archive only detached_at and file_hash change, both.';

revoke all on function private.tg_archive_months__history()
from public, anon, authenticated, service_role;
