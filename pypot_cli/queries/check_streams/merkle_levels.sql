-- The stored levels of one tree, the leaves first.
select m.level, m.nodes
from private.levels_ever as m
where m.tree_id = %s
order by m.level
