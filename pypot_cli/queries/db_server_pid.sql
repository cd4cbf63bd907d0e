-- The process that serves this connection; behind a pooler, the one that serves it now.
select pg_catalog.pg_backend_pid()
