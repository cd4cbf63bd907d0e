-- Every problem that plpgsql_check finds in our plpgsql functions, a trigger function once for each
-- of its triggers. Performance warnings are left out: nearly all are literals cast at assignment.
-- Left out too: the end of a function after private.busy(), which never returns; Supabase's Vault,
-- which plain PostgreSQL lacks; and that metrics' arguments are called from and to, as callers
-- write them.
select format(
    '%s%s line %s: %s: %s',
    f.oid::regprocedure, ' on ' || t.tgrelid::regclass::text, p.lineno, p.level,
    concat_ws('; ', p.message, p.detail, p.context)
)
from pg_proc as f
inner join pg_language as l on f.prolang = l.oid
left join pg_trigger as t on f.oid = t.tgfoid
cross join lateral extensions.plpgsql_check_function_tb(
    funcoid => f.oid,
    relid => coalesce(t.tgrelid, 0),
    fatal_errors => false,
    extra_warnings => true,
    performance_warnings => false,
    security_warnings => true,
    oldtable => t.tgoldtable,
    newtable => t.tgnewtable
) as p
where
    f.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
    and l.lanname = 'plpgsql'
    and not (p.sqlstate = '2F005' and f.prosrc ~ '\mperform private\.busy\(\);\s+end')
    and p.message !~ '^(schema|relation) "vault[".]'
    and p.message !~ '^name of parameter "(from|to)" is reserved keyword'
