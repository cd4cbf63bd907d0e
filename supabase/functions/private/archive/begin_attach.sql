-- Begins to put a detached month back: what was carried forward of it goes, its partitions come.
-- attach_month ends it in the same transaction.
--
-- Guards, in order: arguments; a person; the month is detached, into the file of that hash.
-- Locks, in order: the archive's; the partitioned tables against others who do the same.
-- Writes: archive_months, carried_entries, carried_positions; five partitions.
-- Raises: invalid_argument, login_required, not_allowed, wrong_state, busy (a transaction of one
-- snapshot).
create or replace function private.begin_attach(p_month date, p_file_hash text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
    perform private.require_given('month', p_month::text);
    perform private.require_hex('file_hash', p_file_hash, 32);
    perform private.require_person();
    perform private.require_read_committed();
    perform pg_advisory_xact_lock(hashtextextended('pots/archive', 0));
    update private.archive_months as m
    set detached_at = null, file_hash = null
    where m.month = p_month and m.file_hash = p_file_hash;
    if not found then
        perform private.fail('wrong_state', '{"status": "not detached into this file"}');
    end if;
    delete from private.carried_entries as c where c.month = p_month;
    delete from private.carried_positions as c where c.month = p_month;
    perform private.open_archive_month(p_month);
end $$;

comment on function private.begin_attach(date, text) is
'Begins to put a detached month back from the file of that hash; attach_month ends it.';

revoke all on function private.begin_attach(date, text)
from public, anon, authenticated, service_role;
