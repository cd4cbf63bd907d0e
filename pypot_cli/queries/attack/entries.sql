-- What the owner of the tables sees of a pot's entries, in the order in which a lock numbers them.
select
    entrant_tag,
    ticket_count
from public.pot_entries
where pot_id = %s and cancelled_at is null
order by seq
