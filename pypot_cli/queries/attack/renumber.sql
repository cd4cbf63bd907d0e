-- The owner moves an entry to tickets of nobody, whatever the pot's state.
update public.pot_entries
set first_ticket = first_ticket + 100
where id = %s
