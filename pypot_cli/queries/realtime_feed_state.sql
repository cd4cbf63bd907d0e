-- How the API may learn of messages: whether this role may stream what is logged, whether the table
-- is published, whether the layer can notify instead. No row where there is no such table.
select
    pg_catalog.current_setting('wal_level') = 'logical' and (r.rolreplication or r.rolsuper),
    exists (
        select
        from pg_catalog.pg_publication as p
        where p.pubname = 'supabase_realtime_messages_publication'
    ),
    to_regprocedure('realtime.listen()') is not null
from pg_catalog.pg_roles as r
where r.rolname = current_user
    and to_regclass('realtime.messages') is not null
