-- The owner strikes an entry out, whatever the pot's state.
update public.pot_entries
set cancelled_at = private.now()
where id = %s
