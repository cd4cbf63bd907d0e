-- The tables whose rows are updated: how often, how often without touching an index, how many dead
-- rows are left, and how large they are.
select
    s.schemaname || '.' || s.relname as name,
    s.n_tup_upd::bigint as updates,
    s.n_tup_hot_upd::bigint as hot,
    s.n_dead_tup::bigint as dead,
    (s.vacuum_count + s.autovacuum_count)::bigint as vacuums,
    pg_total_relation_size(s.relid)::bigint as bytes
from pg_stat_user_tables as s
where s.schemaname in ('public', 'private') and s.n_tup_upd > 0
order by s.n_tup_upd desc
limit 6
