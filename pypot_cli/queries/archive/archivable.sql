-- The next pots of a month that are due, in order of their end.
select l.pot_id, l.ended_at, l.blockers
from private.list_archivable(%(month)s, %(after_end)s, %(after)s, %(most)s) as l
