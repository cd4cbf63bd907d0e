-- Sets the settings of one transaction, in the order given.
select pg_catalog.set_config(s.name, s.value, true)
from unnest(%(names)s::text[], %(values)s::text[]) as s (name, value)
