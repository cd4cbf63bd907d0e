-- The tables and views of a schema, with their columns, primary key and what can be written.
select
    c.relname as name,
    (
        select pg_catalog.jsonb_agg(
            pg_catalog.jsonb_build_object(
                'name', a.attname,
                'type', pg_catalog.format_type(a.atttypid, null),
                'default', case
                    when a.attgenerated = '' and a.attidentity = ''
                        then pg_catalog.pg_get_expr(d.adbin, d.adrelid)
                end
            )
            order by a.attnum
        )
        from pg_catalog.pg_attribute as a
        left join pg_catalog.pg_attrdef as d on a.attrelid = d.adrelid and a.attnum = d.adnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    ) as columns,
    coalesce(
        (
            select pg_catalog.jsonb_agg(a.attname order by array_position(i.indkey::int2[], a.attnum))
            from pg_catalog.pg_index as i
            inner join pg_catalog.pg_attribute as a
                on i.indrelid = a.attrelid and a.attnum = any(i.indkey)
            where i.indrelid = c.oid and i.indisprimary
        ),
        '[]'
    ) as primary_key,
    c.relkind in ('r', 'p') or pg_catalog.pg_relation_is_updatable(c.oid, true) & 8 > 0 as inserts,
    c.relkind in ('r', 'p') or pg_catalog.pg_relation_is_updatable(c.oid, true) & 4 > 0 as updates,
    c.relkind in ('r', 'p') or pg_catalog.pg_relation_is_updatable(c.oid, true) & 16 > 0 as deletes
from pg_catalog.pg_class as c
where c.relnamespace = pg_catalog.to_regnamespace(%(schema)s)
    and c.relkind in ('r', 'v', 'm', 'f', 'p')
    and not c.relispartition
order by c.relname
