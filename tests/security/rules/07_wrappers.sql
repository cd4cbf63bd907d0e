-- public.f runs as its caller and does nothing but call private.f, which runs as its owner and
-- takes the same arguments under p_ names.
with function as (
    select
        f.oid,
        f.proname,
        f.pronamespace::regnamespace::text as schema,
        f.prosecdef,
        f.prosrc,
        f.provolatile,
        f.proretset,
        f.prorettype,
        f.proargtypes,
        array(
            select regexp_replace(a.name, '^p_', '')
            from unnest(f.proargnames) with ordinality as a (name, position)
            where a.position <= f.pronargs
            order by a.position
        ) as argument_names
    from pg_proc as f
    where f.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
)

select format('%s %s', w.oid::regprocedure, c.complaint)
from function as w
left join function as d on w.proname = d.proname and d.schema = 'private'
cross join lateral (
    values
    (w.prosecdef, 'is SECURITY DEFINER in an exposed schema'),
    (d.oid is null, 'has no counterpart in private'),
    (w.prosrc !~ ('\mprivate\.' || w.proname || '\s*\('), 'does not call its counterpart'),
    (not d.prosecdef, 'calls a counterpart that is not SECURITY DEFINER'),
    (d.provolatile <> w.provolatile, 'differs from its counterpart in volatility'),
    (d.proargtypes <> w.proargtypes, 'differs from its counterpart in argument types'),
    (d.argument_names <> w.argument_names, 'differs from its counterpart in argument names'),
    (
        (d.prorettype, d.proretset) <> (w.prorettype, w.proretset),
        'differs from its counterpart in what it returns'
    )
) as c (is_so, complaint)
where w.schema = 'public' and c.is_so
