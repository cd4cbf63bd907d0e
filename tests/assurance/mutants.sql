-- What holds the database together by its catalogue, and the statement that takes each away: kind,
-- name, statement. Functions are mutated in Python, from their text.
with ours as (
    select c.oid, c.relkind, format('%I.%I', n.nspname, c.relname) as name
    from pg_class as c
    inner join pg_namespace as n on c.relnamespace = n.oid
    where n.nspname in ('public', 'private')
)

select
    'policy' as kind,
    format('%s on %s', p.polname, p.polrelid::regclass) as name,
    format('drop policy %I on %s', p.polname, p.polrelid::regclass) as statement
from pg_policy as p
where p.polrelid in (select o.oid from ours as o) or p.polrelid = 'realtime.messages'::regclass
union all
select 'row security', o.name, format('alter table %s disable row level security', o.name)
from ours as o
inner join pg_class as c on o.oid = c.oid
where c.relrowsecurity
union all
select 'revoke', format('%s: %s', o.name, v.verb), format('grant %s on %s to anon', v.verb, o.name)
from ours as o
inner join (
    values ('r', 'select'), ('r', 'insert'), ('r', 'truncate'), ('v', 'select'), ('S', 'usage')
) as v (relkind, verb) on o.relkind::text = v.relkind
where not exists (
    select
    from pg_class as c
    cross join lateral aclexplode(c.relacl) as a
    where c.oid = o.oid and a.grantee = 'anon'::regrole and lower(a.privilege_type) = v.verb
)
union all
select 'revoke', f.oid::regprocedure::text,
    format('grant execute on function %s to anon', f.oid::regprocedure)
from pg_proc as f
where f.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
    and not has_function_privilege('anon', f.oid, 'execute')
union all
select case c.contype when 'c' then 'check' else 'unique' end,
    format('%s on %s', c.conname, c.conrelid::regclass),
    format('alter table %s drop constraint %I', c.conrelid::regclass, c.conname)
from pg_constraint as c
where c.conrelid in (select o.oid from ours as o) and c.contype in ('c', 'u')
union all
select 'check', format('%s of %s', c.conname, c.contypid::regtype),
    format('alter domain %s drop constraint %I', c.contypid::regtype, c.conname)
from pg_constraint as c
where c.connamespace = 'private'::regnamespace and c.contypid <> 0
union all
select 'unique', i.indexrelid::regclass::text, format('drop index %s', i.indexrelid::regclass)
from pg_index as i
where i.indrelid in (select o.oid from ours as o) and i.indisunique and not i.indisprimary
    and not exists (select from pg_constraint as c where c.conindid = i.indexrelid)
union all
select 'trigger', format('%s on %s', t.tgname, t.tgrelid::regclass),
    format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass)
from pg_trigger as t
where t.tgrelid in (select o.oid from ours as o) and not t.tgisinternal
union all
select 'always', format('%s on %s', t.tgname, t.tgrelid::regclass),
    format('alter table %s enable trigger %I', t.tgrelid::regclass, t.tgname)
from pg_trigger as t
where t.tgrelid in (select o.oid from ours as o) and not t.tgisinternal and t.tgenabled = 'A'
union all
select 'search_path', f.oid::regprocedure::text,
    format('alter function %s reset search_path', f.oid::regprocedure)
from pg_proc as f
where f.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
union all
select 'definer', f.oid::regprocedure::text,
    format('alter function %s security invoker', f.oid::regprocedure)
from pg_proc as f
where f.pronamespace = 'private'::regnamespace and f.prosecdef
order by 1, 2, 3
