-- A name is one function: PostgREST picks among overloads by argument names, and a defaulted
-- argument added by `create or replace` would leave the old function executable.
select format('%I.%I has %s signatures', n.nspname, f.proname, count(*))
from pg_proc as f
inner join pg_namespace as n on f.pronamespace = n.oid
where n.nspname in ('public', 'private')
group by n.nspname, f.proname
having count(*) > 1
