-- The stored subtrees of the log, in the order in which a log that grows completes them.
select n.level, n.idx, n.hash
from private.log_nodes as n
order by (n.idx + 1) << n.level, n.level
