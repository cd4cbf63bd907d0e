-- What a pot would hold if it were full, and once locked what it holds: whether any could match a
-- value at all is seen without going through all of them.
create index pots_most_value_idx
on public.pots ((entry_cost * coalesce(total_tickets, max_tickets)));
