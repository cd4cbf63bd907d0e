-- Every function of the RPC surface as the list beside this file writes it.
select format(
    '%s  %s(%s)  %s',
    case f.provolatile when 's' then 'stable' when 'v' then 'volatile' else 'immutable' end,
    f.proname,
    regexp_replace(lower(pg_get_function_arguments(f.oid)), '::[a-z_. ]+(\[\])?', '', 'g'),
    lower(pg_get_function_result(f.oid))
) as line
from pg_proc as f
where f.pronamespace = 'public'::regnamespace
