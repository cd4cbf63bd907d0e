-- The foreign keys between tables of a schema: from which columns to which.
select
    k.conname as name,
    source.relname as source,
    target.relname as target,
    (
        select pg_catalog.jsonb_agg(a.attname order by u.place)
        from unnest(k.conkey) with ordinality as u (number, place)
        inner join pg_catalog.pg_attribute as a
            on a.attrelid = k.conrelid and a.attnum = u.number
    ) as source_columns,
    (
        select pg_catalog.jsonb_agg(a.attname order by u.place)
        from unnest(k.confkey) with ordinality as u (number, place)
        inner join pg_catalog.pg_attribute as a
            on a.attrelid = k.confrelid and a.attnum = u.number
    ) as target_columns,
    exists (
        select
        from pg_catalog.pg_index as i
        where i.indrelid = k.conrelid
            and i.indisunique
            and i.indpred is null
            and i.indkey::int2[] @> k.conkey
            and i.indkey::int2[] <@ k.conkey
    ) as is_one_to_one
from pg_catalog.pg_constraint as k
inner join pg_catalog.pg_class as source on k.conrelid = source.oid
inner join pg_catalog.pg_class as target on k.confrelid = target.oid
where k.contype = 'f'
    and k.conparentid = 0
    and source.relnamespace = pg_catalog.to_regnamespace(%(schema)s)
    and target.relnamespace = pg_catalog.to_regnamespace(%(schema)s)
order by k.conname
