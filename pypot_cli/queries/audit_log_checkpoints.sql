-- The checkpoints that the database keeps of sizes from %(start)s on.
select c.size, c.text from private.log_checkpoints as c where c.size >= %(start)s order by c.size
