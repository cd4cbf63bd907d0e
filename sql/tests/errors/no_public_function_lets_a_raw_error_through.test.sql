-- Every wrapper turns timeouts, deadlocks, constraint violations and missing rows into busy, and
-- runs as its caller over a definer of the same name.

begin;
\ir ../support/helpers.sql
select plan((
    select count(*)::integer
    from pg_proc as p
    where p.pronamespace = 'public'::regnamespace and p.proowner = 'postgres'::regrole
));

select ok(
    p.prosrc ~ 'when lock_not_available or query_canceled or deadlock_detected\s+'
    'or serialization_failure\s+or integrity_constraint_violation\s+'
    'or no_data_found or too_many_rows then\s+'
    'perform private\.busy\(\);\s+end\s*$'
    and not p.prosecdef,
    p.proname
)
from pg_proc as p
where p.pronamespace = 'public'::regnamespace and p.proowner = 'postgres'::regrole
order by p.proname;
select * from finish();
rollback;
