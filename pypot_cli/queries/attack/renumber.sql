-- The owner moves an entry to other tickets, whatever the pot's state.
update public.pot_entries
set first_ticket = first_ticket + 5
where id = %s
