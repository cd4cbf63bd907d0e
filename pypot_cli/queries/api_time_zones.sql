-- The names that `Prefer: timezone=` may give.
select z.name from pg_catalog.pg_timezone_names as z
