-- Bytes of WAL between two places: of the records themselves, and of full-page images.
select coalesce(sum(w.record_size), 0)::bigint as records, coalesce(sum(w.fpi_size), 0)::bigint as images
from bench.pg_get_wal_stats(%(since)s::pg_lsn, %(until)s::pg_lsn) as w
