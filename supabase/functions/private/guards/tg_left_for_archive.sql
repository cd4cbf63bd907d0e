-- A row leaves the tables that are played in only for the archive: whoever deletes one has written
-- the very same there. Once a statement, after it; arguments are the table of the archive, by what
-- its row is found, and what that has besides.
create or replace function private.tg_left_for_archive()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_missing boolean;
begin
    execute format(
        'select exists (select from gone as g where not exists ('
        'select from private.%I as a where %s and %s))',
        tg_argv[0],
        tg_argv[1],
        case
            when tg_argv[2] = '' then 'a.position = g.position and a.kind = g.kind'
            else format('to_jsonb(a) - %L::text[] = to_jsonb(g)', tg_argv[2])
        end
    ) into v_missing;
    if v_missing then
        raise insufficient_privilege using
            message = format('%s.%s is append-only', tg_table_schema, tg_table_name);
    end if;
    return null;
end $$;

comment on function private.tg_left_for_archive() is
'Trigger: refuses the DELETE of a row that is not in the archive as it was, also for the owner and '
'under session_replication_role = replica.';

revoke all on function private.tg_left_for_archive()
from public, anon, authenticated, service_role;
