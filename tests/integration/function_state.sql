-- Everything about every project function that a file of supabase/functions can decide: definition
-- (arguments, result, volatility, security, settings, body), owner, access list, comment.
select
    f.oid::regprocedure::text as function,
    concat_ws(
        E'\n',
        pg_get_functiondef(f.oid),
        'owner ' || f.proowner::regrole::text,
        'access ' || (
            select string_agg(a::text, ' ' order by a::text)
            from unnest(coalesce(f.proacl, acldefault('f', f.proowner))) as a
        ),
        'comment ' || coalesce(obj_description(f.oid, 'pg_proc'), 'none')
    ) as state
from pg_proc as f
where f.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
