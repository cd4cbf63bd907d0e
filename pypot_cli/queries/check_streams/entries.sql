-- Every entry, the numbered ones of a pot in ticket order.
select e.id, e.pot_id, e.user_id, e.ticket_count, e.salt, e.entrant_tag, e.first_ticket
from public.pot_entries as e
order by e.pot_id, e.first_ticket nulls last, e.seq
