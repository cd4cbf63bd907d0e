-- What could be archived, a row a month.
select to_char(p.month, 'YYYY-MM') as month, p.pots, p.archived, p.ready, p.blocked, p.detached_at
from private.archive_plan() as p
