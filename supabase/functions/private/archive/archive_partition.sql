-- The name of a month's partition
create or replace function private.archive_partition(p_table text, p_month date)
returns text
language sql
immutable
set search_path = ''
as $$
    select format(
        '%s_%s_%s', p_table, extract(year from p_month),
        lpad(extract(month from p_month)::text, 2, '0')
    )
$$;

comment on function private.archive_partition(text, date) is
'The name, in schema private, of the partition of a table of the archive that keeps a month.';

revoke all on function private.archive_partition(text, date)
from public, anon, authenticated, service_role;
