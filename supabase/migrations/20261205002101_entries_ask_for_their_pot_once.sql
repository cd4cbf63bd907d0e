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
    or (
        new.id, new.pot_id, new.user_id, new.seq, new.ticket_count, new.credits_spent, new.salt,
        new.entrant_tag, new.ip_hash, new.device_hash, new.region, new.correlation_id, new.stripe,
        new.created_at
    ) is distinct from (
        old.id, old.pot_id, old.user_id, old.seq, old.ticket_count, old.credits_spent, old.salt,
        old.entrant_tag, old.ip_hash, old.device_hash, old.region, old.correlation_id, old.stripe,
        old.created_at
    )
    or current_setting('session_replication_role') <> 'origin'
)
execute function private.tg_pot_entries__immutable();
create trigger tg_pot_entries__while_open after update on public.pot_entries
referencing old table as was
for each statement execute function private.tg_pot_entries__while_open();
alter table public.pot_entries enable always trigger tg_pot_entries__immutable;
alter table public.pot_entries enable always trigger tg_pot_entries__while_open;
