-- The functions of a schema that can be called with named arguments, or with one unnamed body.
--
-- Types are printed in full, since the reader's search_path is empty. `bit` and `character` would
-- cut a value to one, so their varying forms read it. A domain stands for the type beneath it.
with recursive beneath (oid, base) as (
    select t.oid, t.oid
    from pg_catalog.pg_type as t
    where t.typtype <> 'd'
    union all
    select t.oid, b.base
    from beneath as b
    inner join pg_catalog.pg_type as t on t.typbasetype = b.oid
    where t.typtype = 'd'
)

select
    p.proname as name,
    p.provolatile::text as volatility,
    p.proretset as returns_set,
    result.typtype = 'c' or coalesce(p.proargmodes && '{t,b,o}'::"char"[], false) as returns_rows,
    result.oid = 'pg_catalog.void'::regtype as returns_void,
    c.relname as returns_relation,
    coalesce(arguments.list, '[]') as parameters,
    coalesce(
        (
            select pg_catalog.jsonb_object_agg(
                split_part(s.entry, '=', 1), substr(s.entry, strpos(s.entry, '=') + 1)
            )
            from unnest(p.proconfig) as s (entry)
            where split_part(s.entry, '=', 1) in ('statement_timeout', 'default_transaction_isolation')
        ),
        '{}'
    ) as settings
from pg_catalog.pg_proc as p
inner join beneath on p.prorettype = beneath.oid
inner join pg_catalog.pg_type as result on beneath.base = result.oid
left join pg_catalog.pg_class as c on result.typrelid = c.oid and result.typrelid <> 0
cross join lateral (
    select
        pg_catalog.jsonb_agg(
            pg_catalog.jsonb_build_object(
                'name', a.name,
                'type', pg_catalog.format_type(a.type, null),
                'reads_as', case a.type
                    when 'pg_catalog.bit'::regtype then 'bit varying'
                    when 'pg_catalog.bit[]'::regtype then 'bit varying[]'
                    when 'pg_catalog.bpchar'::regtype then 'character varying'
                    when 'pg_catalog.bpchar[]'::regtype then 'character varying[]'
                    else pg_catalog.format_type(a.type, null)
                end,
                'required', a.place <= p.pronargs - p.pronargdefaults,
                'variadic', a.mode = 'v'
            )
            order by a.place
        ) as list,
        count(*) filter (where a.name = '') as unnamed,
        bool_and(
            a.type in (
                'pg_catalog.json'::regtype,
                'pg_catalog.jsonb'::regtype,
                'pg_catalog.text'::regtype,
                'pg_catalog.xml'::regtype,
                'pg_catalog.bytea'::regtype
            )
        ) filter (where a.name = '') as takes_a_body,
        count(*) as size
    from (
        select
            coalesce(u.name, '') as name,
            u.type,
            coalesce(u.mode, 'i') as mode,
            row_number() over (order by u.place) as place
        from unnest(
            p.proargnames,
            coalesce(p.proallargtypes, p.proargtypes::oid[]),
            p.proargmodes::text[]
        ) with ordinality as u (name, type, mode, place)
        where u.type is not null and coalesce(u.mode, 'i') in ('i', 'b', 'v')
    ) as a
) as arguments
where p.pronamespace = pg_catalog.to_regnamespace(%(schema)s)
    and p.prokind = 'f'
    and result.oid <> 'pg_catalog.trigger'::regtype
    and (arguments.unnamed = 0 or (arguments.size = 1 and arguments.takes_a_body))
order by p.proname, arguments.size, p.oid
