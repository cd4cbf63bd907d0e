-- Begins to put a detached month back.
select private.begin_attach(%(month)s, %(file_hash)s)
