-- Puts lines of a month's file back where they were. In the transaction of attach_month, which
-- proves them; alone it is refused when that transaction ends.
-- Writes: a table of the archive.
-- Raises: invalid_argument (a table that is none of the archive's), wrong_state (the month is away,
-- or nothing was archived of it).
create or replace function private.load_lines(p_month date, p_table text, p_lines text[])
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_rows bigint;
begin
    if p_table <> all(private.archive_tables()) then
        perform private.fail('invalid_argument', '{"argument": "table"}');
    end if;
    if not exists (
        select
        from private.archive_months as m
        where m.month = p_month and m.detached_at is null
    ) then
        perform private.fail('wrong_state', '{"status": "detached"}');
    end if;
    execute format(
        'insert into private.%1$I select (jsonb_populate_record(null::private.%1$I, '
        'l.line::jsonb || jsonb_build_object(''month'', $1))).* from unnest($2) as l (line)',
        p_table
    ) using p_month, p_lines;
    get diagnostics v_rows = row_count;
    return v_rows;
end $$;

comment on function private.load_lines(date, text, text[]) is
'Puts lines of a month''s file into a table of the archive; returns how many.';

revoke all on function private.load_lines(date, text, text[])
from public, anon, authenticated, service_role;
