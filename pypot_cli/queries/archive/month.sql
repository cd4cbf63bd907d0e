-- Whether a month was archived, and whether it is detached; the checkpoint to prove its chains by.
select m.detached_at is not null as is_detached, private.get_checkpoint(null) as checkpoint
from private.archive_months as m
where m.month = %(month)s
