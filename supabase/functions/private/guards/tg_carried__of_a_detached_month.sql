-- What is carried forward is a month's that is attached when it is written, in the transaction that
-- detaches it, and goes only once the month is back.
create or replace function private.tg_carried__of_a_detached_month()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
    if tg_op = 'DELETE' and exists (
        select
        from private.archive_months as m
        where m.month = old.month and m.detached_at is null
    ) then
        return old;
    end if;
    raise insufficient_privilege using
        message = format('%s.%s is append-only', tg_table_schema, tg_table_name);
end $$;

comment on function private.tg_carried__of_a_detached_month() is
'Trigger: what is carried forward never changes, and goes only once its month is back.';

revoke all on function private.tg_carried__of_a_detached_month()
from public, anon, authenticated, service_role;
