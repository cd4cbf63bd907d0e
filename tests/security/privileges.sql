-- One line an object and privilege with every role that has it, its owner apart; `-` for an object
-- that nobody else may use. Read from the access lists themselves: PUBLIC stands here as everybody.
-- Then what else guards the data whatever a function does: policies, triggers, checks, unique keys.
with acl as (
    select
        case c.relkind
            when 'S' then 'sequence'
            when 'v' then 'view'
            when 'm' then 'materialized view'
            else 'table'
        end as kind,
        c.oid::regclass::text as name,
        c.relowner as owner,
        coalesce(
            c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner)
        ) as items
    from pg_class as c
    where
        c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
        and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    union all
    select 'column', c.oid::regclass || '.' || a.attname, c.relowner, a.attacl
    from pg_class as c
    inner join pg_attribute as a on c.oid = a.attrelid
    where
        c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
        and a.attacl is not null
        and not a.attisdropped
    union all
    select
        'function',
        f.oid::regprocedure::text,
        f.proowner,
        coalesce(f.proacl, acldefault('f', f.proowner))
    from pg_proc as f
    where f.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
    union all
    select 'type', t.oid::regtype::text, t.typowner, coalesce(t.typacl, acldefault('T', t.typowner))
    from pg_type as t
    left join pg_class as c on t.typrelid = c.oid
    where
        t.typnamespace in ('public'::regnamespace, 'private'::regnamespace)
        and (t.typtype in ('e', 'd', 'r') or c.relkind = 'c')
    union all
    select 'schema', n.nspname, n.nspowner, coalesce(n.nspacl, acldefault('n', n.nspowner))
    from pg_namespace as n
    where n.nspname in ('public', 'private')
),

granted as (
    select
        a.kind,
        a.name,
        case g.grantee when 0 then 'everybody' else g.grantee::regrole::text end as grantee,
        lower(g.privilege_type) || case when g.is_grantable then ' with grant option' else '' end
            as privilege
    from acl as a
    cross join lateral aclexplode(a.items) as g
    where g.grantee not in (a.owner, 'postgres'::regrole)
)

select
    format(
        '%s %s  %s  %s',
        g.kind, g.name, g.privilege, string_agg(g.grantee, ', ' order by g.grantee::name)
    ) as line
from granted as g
group by g.kind, g.name, g.privilege
union
select format('%s %s  -', a.kind, a.name)
from acl as a
where not exists (select from granted as g where (g.kind, g.name) = (a.kind, a.name))
union
select format(
    'policy %s on %s  %s  %s%s',
    p.polname,
    p.polrelid::regclass,
    (
        select string_agg(n.name, ', ' order by n.name)
        from unnest(p.polroles) as r (role)
        cross join lateral (
            select case r.role when 0 then 'everybody' else r.role::regrole::text end::name
        ) as n (name)
    ),
    case p.polcmd when 'r' then 'select' when '*' then 'all' else 'write' end,
    case when p.polpermissive then '' else ' restrictive' end
)
from pg_policy as p
inner join pg_class as c on p.polrelid = c.oid
where
    c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
    or p.polrelid = 'realtime.messages'::regclass
union
select format('trigger %s on %s  %s', t.tgname, t.tgrelid::regclass, t.tgfoid::regprocedure)
from pg_trigger as t
inner join pg_class as c on t.tgrelid = c.oid
where
    c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
    and not t.tgisinternal
union
select format('role %s  member of %s', m.member::regrole, m.roleid::regrole)
from pg_auth_members as m
where m.roleid::regrole::text like 'pot\_%' and m.member <> 'postgres'::regrole
union
select format(
    '%s %s on %s  %s',
    case c.contype when 'c' then 'check' else 'unique' end,
    c.conname,
    case when c.conrelid = 0 then c.contypid::regtype::text else c.conrelid::regclass::text end,
    regexp_replace(pg_get_constraintdef(c.oid), '\s+', ' ', 'g')
)
from pg_constraint as c
where
    c.connamespace in ('public'::regnamespace, 'private'::regnamespace)
    and c.contype in ('c', 'u', 'p')
union
select format('unique %s  %s', i.indexrelid::regclass, pg_get_indexdef(i.indexrelid))
from pg_index as i
inner join pg_class as c on i.indrelid = c.oid
where
    c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
    and i.indisunique
    and not exists (select from pg_constraint as k where k.conindid = i.indexrelid)
