-- How many workers of autovacuum are at it, and what all so far looked at, read and wrote: blocks.
select
    (
        select count(*) from pg_stat_activity as a where a.backend_type = 'autovacuum worker'
    )::bigint as workers,
    coalesce(sum(i.hits), 0)::bigint as hits,
    coalesce(sum(i.reads), 0)::bigint as reads,
    coalesce(sum(i.writes + coalesce(i.extends, 0)), 0)::bigint as writes
from pg_stat_io as i
where i.backend_type = 'autovacuum worker'
