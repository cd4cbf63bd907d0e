-- The log's leaves in order, with the checkpoint of the size that each completes.
select l.leaf_index, l.row_hash, c.text as checkpoint
from private.log_leaves as l
left join private.log_checkpoints as c on c.size = l.leaf_index + 1
order by l.leaf_index
