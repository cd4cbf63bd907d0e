-- Tables and indexes of which this transaction has read most rows or entries so far.
select r.name, pg_stat_get_xact_tuples_returned(r.oid) as tuples
from (
    select c.oid, c.oid::regclass::text as name
    from pg_catalog.pg_class as c
    where c.relkind in ('r', 'i')
        and c.relnamespace::regnamespace::text in ('public', 'private', 'auth', 'realtime')
) as r
where pg_stat_get_xact_tuples_returned(r.oid) > 0
order by 2 desc, 1
