-- The tables that keep what was archived
create or replace function private.archive_tables()
returns text[]
language sql
immutable
set search_path = ''
as $$
    select '{archived_entries,archived_transfers,archived_ledger,archived_events,archived_levels}'
        ::text[]
$$;

comment on function private.archive_tables() is
'The partitioned tables that keep what was archived, in the order of a month''s file.';

revoke all on function private.archive_tables()
from public, anon, authenticated, service_role;
