-- What names an entry or a transfer names one that is there when it is written. In place of foreign
-- keys, which would not let it leave for the archive; it is deleted only for that.
create or replace function private.tg_of_the_books()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_row jsonb := to_jsonb(new);
begin
    if v_row ->> 'entry_id' is not null and not exists (
        select
        from public.pot_entries as e
        where e.id = (v_row ->> 'entry_id')::uuid and e.pot_id = new.pot_id
    ) or v_row ->> 'transfer_id' is not null and not exists (
        select
        from private.transfers as t
        where t.id = (v_row ->> 'transfer_id')::bigint and t.pot_id = new.pot_id
    ) then
        raise foreign_key_violation using
            message = format('%s names what is not in the books', tg_table_name);
    end if;
    return new;
end $$;

comment on function private.tg_of_the_books() is
'Trigger: entry_id and transfer_id of a row are of its pot and exist when it is written.';

revoke all on function private.tg_of_the_books()
from public, anon, authenticated, service_role;
