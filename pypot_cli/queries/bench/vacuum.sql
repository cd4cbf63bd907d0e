-- What updates and deletions left of each table: rows live and dead, how often autovacuum came, and
-- bytes of the table with its indexes.
select
    s.schemaname || '.' || s.relname as name,
    s.n_tup_upd::bigint as updates,
    s.n_tup_hot_upd::bigint as hot,
    s.n_tup_del::bigint as deletions,
    s.n_live_tup::bigint as live,
    s.n_dead_tup::bigint as dead,
    s.autovacuum_count::bigint as vacuums,
    s.autoanalyze_count::bigint as analyzes,
    pg_total_relation_size(s.relid)::bigint as bytes
from pg_stat_user_tables as s
where s.schemaname in ('public', 'private')
order by s.n_tup_upd + s.n_tup_del desc, name
