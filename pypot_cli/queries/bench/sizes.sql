-- Bytes on disk of each table with its indexes.
select
    n.nspname || '.' || c.relname as name,
    pg_total_relation_size(c.oid)::bigint as bytes
from pg_class as c
inner join pg_namespace as n on c.relnamespace = n.oid
where n.nspname in ('public', 'private', 'realtime') and c.relkind = 'r'
