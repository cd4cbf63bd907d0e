-- What the database calls each type that a client names, NULL where it knows none.
select c.name, pg_catalog.format_type(pg_catalog.to_regtype(c.name)::oid, null)
from unnest(%(names)s::text[]) as c (name)
