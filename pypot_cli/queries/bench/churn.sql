-- The tables whose rows are updated: how often, how often without touching an index, how many rows
-- are live and how many dead, how often a vacuum came, and how large table and indexes are.
select
    s.schemaname || '.' || s.relname as name,
    s.n_tup_upd::bigint as updates,
    s.n_tup_hot_upd::bigint as hot,
    s.n_live_tup::bigint as live,
    s.n_dead_tup::bigint as dead,
    (s.vacuum_count + s.autovacuum_count)::bigint as vacuums,
    pg_table_size(s.relid)::bigint as bytes,
    pg_indexes_size(s.relid)::bigint as index_bytes
from pg_stat_user_tables as s
where s.schemaname in ('public', 'private') and s.n_tup_upd > 0
order by s.n_tup_upd desc
limit 6
