-- A lock changes every entry of its pot, and the guard of entries was called for each. That a live
-- entry without tickets gets its number and nothing else of it changes is told by comparing the two
-- rows; what is left to ask is whether its pot is open, once a statement. Whatever else changes, or
-- would break a check, goes to the function as before, which refuses it in its words.
-- So does all that is not of an ordinary session: no trigger of a statement fires where logical
-- replication applies rows.
drop trigger tg_pot_entries__immutable on public.pot_entries;
create trigger tg_pot_entries__immutable before update on public.pot_entries
for each row when (
    old.first_ticket is not null
    or old.cancelled_at is not null
    or new.first_ticket is null
    or new.first_ticket < 0
    or new.cancelled_at is not null
    -- Column by column: of two rows, a restored dump would compare the same in other words.
    or new.id is distinct from old.id
    or new.pot_id is distinct from old.pot_id
    or new.user_id is distinct from old.user_id
    or new.seq is distinct from old.seq
    or new.ticket_count is distinct from old.ticket_count
    or new.credits_spent is distinct from old.credits_spent
    or new.salt is distinct from old.salt
    or new.entrant_tag is distinct from old.entrant_tag
    or new.ip_hash is distinct from old.ip_hash
    or new.device_hash is distinct from old.device_hash
    or new.region is distinct from old.region
    or new.correlation_id is distinct from old.correlation_id
    or new.stripe is distinct from old.stripe
    or new.created_at is distinct from old.created_at
    or current_setting('session_replication_role') <> 'origin'
)
execute function private.tg_pot_entries__immutable();
create trigger tg_pot_entries__while_open after update on public.pot_entries
referencing old table as was
for each statement execute function private.tg_pot_entries__while_open();
alter table public.pot_entries enable always trigger tg_pot_entries__immutable;
alter table public.pot_entries enable always trigger tg_pot_entries__while_open;
