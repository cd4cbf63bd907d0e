-- Writes to every page of TPC-B's tables once, so that the full-page images that a checkpoint makes
-- due are behind it: for the benchmark's own runs none comes between.
update pgbench_accounts set abalance = abalance where mod(aid, 50) = 0
