-- What the log is called and how many leaves it has.
select
    s.log_origin,
    coalesce((select max(l.leaf_index) + 1 from private.log_leaves as l), 0) as size,
    (select count(*) from private.log_leaves as l where l.leaf_index >= %(start)s) as leaves,
    (select count(*) from private.log_pending) as pending
from private.settings as s
