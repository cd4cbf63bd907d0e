-- EXECUTE is never PUBLIC's. In private a role executes exactly what the public functions call that
-- it may execute, and what policies for it ask; Supabase Auth, its hook.
with grants as (
    select
        f.oid,
        f.proname,
        f.pronamespace::regnamespace::text as schema,
        f.prosrc,
        a.grantee,
        coalesce(r.rolname, 'everybody') as role
    from pg_proc as f
    cross join lateral aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) as a
    left join pg_roles as r on a.grantee = r.oid
    where
        f.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
        and a.grantee <> f.proowner
),

calls as (
    select p.grantee, p.role, p.oid as caller, c.match[1] as called
    from grants as p
    cross join lateral regexp_matches(p.prosrc, '\mprivate\.(\w+)\s*\(', 'g') as c (match)
    where p.schema = 'public'
),

asks as (
    select r.grantee, c.match[1] as called
    from pg_policy as p
    cross join unnest(p.polroles) as r (grantee)
    cross join concat_ws(
        ' ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
    ) as e (expression)
    cross join regexp_matches(e.expression, '\mprivate\.(\w+)\s*\(', 'g') as c (match)
    union all
    select 'supabase_auth_admin'::regrole, 'custom_access_token'
)

select format('everybody may execute %s', g.oid::regprocedure)
from grants as g
where g.grantee = 0
union
select format(
    '%s may execute %s, which no function or policy of its calls', g.role, g.oid::regprocedure
)
from grants as g
where
    g.schema = 'private'
    and not exists (
        select
        from calls as c
        where c.called = g.proname and c.grantee = g.grantee
    )
    and not exists (
        select
        from asks as a
        where a.called = g.proname and a.grantee = g.grantee
    )
union
select format('%s may execute %s but not private.%s', c.role, c.caller::regprocedure, c.called)
from calls as c
where not exists (
    select
    from grants as g
    where g.schema = 'private' and g.proname = c.called and g.grantee = c.grantee
)
