-- Every verb on every object of ours: who could do it, tried as each role in turn and undone. A row
-- an object, privilege and role that was not denied. A statement that fails for any other reason
-- than a lack of rights was not denied either. $1: the roles; $2: of which objects, null for all.
with relations as (
    select
        c.oid,
        c.relkind,
        format('%I.%I', n.nspname, c.relname) as name,
        case c.relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end
            as kind,
        pg_relation_is_updatable(c.oid, false) as updatable
    from pg_class as c
    inner join pg_namespace as n on c.relnamespace = n.oid
    where n.nspname in ('public', 'private') and c.relkind in ('r', 'p', 'v', 'm', 'f')
),

columns as (
    select
        r.*,
        a.attnum,
        a.attname as short_name,
        quote_ident(a.attname) as column_name,
        a.attgenerated <> '' or a.attidentity <> '' as is_generated
    from relations as r
    inner join pg_attribute as a on r.oid = a.attrelid
    where a.attnum > 0 and not a.attisdropped
),

primary_keys as (
    select
        r.name,
        string_agg(c.column_name, ', ' order by k.place) as names,
        string_agg(
            c.column_name || ' ' || format_type(a.atttypid, a.atttypmod), ', ' order by k.place
        ) as declared
    from relations as r
    inner join pg_index as i on r.oid = i.indrelid and i.indisprimary
    cross join lateral unnest(i.indkey) with ordinality as k (attnum, place)
    inner join columns as c on r.oid = c.oid and k.attnum = c.attnum
    inner join pg_attribute as a on r.oid = a.attrelid and k.attnum = a.attnum
    group by r.name
),

statements as (
    select
        'column' as kind,
        c.name || '.' || c.short_name as name,
        'select' as privilege,
        format('select %s from %s', c.column_name, c.name) as statement
    from columns as c
    union all
    select
        'column',
        c.name || '.' || c.short_name,
        'update',
        format('update %s set %s = default', c.name, c.column_name)
    from columns as c
    where c.updatable & 4 <> 0 and not c.is_generated
    union all
    select
        'column',
        c.name || '.' || c.short_name,
        'insert',
        format('insert into %s (%s) values (default)', c.name, c.column_name)
    from columns as c
    where c.updatable & 8 <> 0
    union all
    select r.kind, r.name, v.privilege, format(v.statement, r.name)
    from relations as r
    cross join (
        values
        ('insert', 8, 'rpvf', 'insert into %s default values'),
        ('delete', 16, 'rpvf', 'delete from %s'),
        (
            'insert',
            8,
            'rp',
            'merge into %s using (select 1) as s on false when not matched then insert '
            'default values'
        ),
        (
            'delete',
            16,
            'rp',
            'merge into %s using (select 1) as s on true when matched then delete'
        ),
        ('truncate', 0, 'rp', 'truncate %s'),
        ('maintain', 0, 'rp', 'lock table %s in access exclusive mode'),
        ('maintain', 0, 'r', 'reindex table %s'),
        ('maintain', 0, 'm', 'refresh materialized view %s'),
        (
            'trigger',
            0,
            'rp',
            'create trigger rogue before insert on %s for each row execute function attempts.noop()'
        ),
        ('own', 0, 'rp', 'alter table %s disable row level security'),
        ('own', 0, 'rp', 'alter table %s disable trigger all'),
        ('own', 0, 'rp', 'create policy rogue on %s using (true)'),
        ('own', 0, 'rp', 'create index on %s ((1))'),
        ('own', 0, 'rp', 'drop table %s'),
        ('own', 0, 'rp', 'create rule rogue as on insert to %s do instead nothing'),
        ('own', 0, 'v', 'drop view %s'),
        ('own', 0, 'm', 'drop materialized view %s')
    ) as v (privilege, needs, kinds, statement)
    where r.updatable & v.needs = v.needs and strpos(v.kinds, r.relkind::text) > 0
    union all
    select
        'table',
        k.name,
        'references',
        format(
            'create table attempts.rogue (%s, foreign key (%s) references %s)',
            k.declared, k.names, k.name
        )
    from primary_keys as k
    union all
    select 'sequence', s.name, v.privilege, format(v.statement, s.name)
    from (
        select format('%I.%I', n.nspname, c.relname) as name
        from pg_class as c
        inner join pg_namespace as n on c.relnamespace = n.oid
        where n.nspname in ('public', 'private') and c.relkind = 'S'
    ) as s
    cross join (
        values
        ('usage', 'select nextval(%L)'),
        ('update', 'select setval(%L, 1)'),
        ('select', 'select last_value from %s'),
        ('own', 'drop sequence %s')
    ) as v (privilege, statement)
    union all
    select
        'function',
        f.oid::regprocedure::text,
        'execute',
        format(
            'select %I.%I(%s)',
            n.nspname,
            f.proname,
            (
                -- A constant null would be folded into a strict function's result, uncalled.
                select string_agg(
                    format('(select null::%s)', format_type(t.type_id, null)), ', ' order by t.place
                )
                from unnest(f.proargtypes) with ordinality as t (type_id, place)
            )
        )
    from pg_proc as f
    inner join pg_namespace as n on f.pronamespace = n.oid
    where n.nspname in ('public', 'private')
    union all
    select
        'function',
        f.oid::regprocedure::text,
        'own',
        format('drop function %s', f.oid::regprocedure)
    from pg_proc as f
    where f.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
    union all
    select 'schema', s.name, 'create', format(v.statement, s.name)
    from (values ('public'), ('private')) as s (name)
    cross join (
        values
        ('create table %s.rogue ()'),
        ('create function %s.rogue() returns int language sql as ''select 1'''),
        ('create type %s.rogue as enum ()')
    ) as v (statement)
)

select distinct s.kind, s.name, s.privilege, r.name as role
from statements as s
cross join unnest($1::text[]) as r (name)
where
    ($2::text is null or strpos(s.name, $2) > 0)
    and not attempts.is_denied(r.name, s.statement)
