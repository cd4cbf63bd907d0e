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
    v_entry_id uuid := (v_row ->> 'entry_id')::uuid;
    v_transfer_id bigint := (v_row ->> 'transfer_id')::bigint;
    v_of_entry uuid := new.pot_id;
    v_of_transfer uuid := new.pot_id;
begin
    -- Each by its key alone, in a statement of its own: with what may be NULL in one expression both
    -- would be planned anew for each row, and by the pot all of its entries might be read.
    if v_entry_id is not null then
        select e.pot_id into v_of_entry from public.pot_entries as e where e.id = v_entry_id;
    end if;
    if v_transfer_id is not null then
        select t.pot_id into v_of_transfer from private.transfers as t where t.id = v_transfer_id;
    end if;
    if (v_of_entry = new.pot_id and v_of_transfer = new.pot_id) is not true then
        raise foreign_key_violation using
            message = format('%s names what is not in the books', tg_table_name);
    end if;
    return new;
end $$;

comment on function private.tg_of_the_books() is
'Trigger: entry_id and transfer_id of a row are of its pot and exist when it is written.';

revoke all on function private.tg_of_the_books()
from public, anon, authenticated, service_role;
