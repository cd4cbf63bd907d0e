-- The settings of the role that a request becomes: `alter role … set` acts at login only, so
-- PostgREST applies them itself to each transaction.
select
    pg_catalog.set_config(
        split_part(s.setting, '=', 1),
        substr(s.setting, strpos(s.setting, '=') + 1),
        true
    )
from pg_catalog.pg_roles as r
cross join lateral unnest(r.rolconfig) as s (setting)
where r.rolname = %(role)s
    and split_part(s.setting, '=', 1) in ('statement_timeout', 'lock_timeout')
