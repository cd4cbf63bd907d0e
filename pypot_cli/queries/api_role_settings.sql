-- What `alter role … set` says of each role the authenticator may become: it acts at login only, so
-- each transaction applies it. A setting for this database wins over one for all. Settings that an
-- ordinary role may not make are left out, as PostgREST leaves them out.
select r.rolname, s.name, s.value
from (
    select distinct on (d.setrole, split_part(entry.setting, '=', 1))
        d.setrole,
        split_part(entry.setting, '=', 1) as name,
        substr(entry.setting, strpos(entry.setting, '=') + 1) as value
    from pg_catalog.pg_db_role_setting as d
    cross join lateral unnest(d.setconfig) as entry (setting)
    where d.setdatabase in (
        0, (select b.oid from pg_catalog.pg_database as b where b.datname = current_database())
    )
    order by d.setrole, split_part(entry.setting, '=', 1), d.setdatabase desc
) as s
inner join pg_catalog.pg_roles as r on s.setrole = r.oid
inner join pg_catalog.pg_settings as p on s.name = p.name
where pg_catalog.pg_has_role(current_user, r.oid, 'member')
    and (p.context = 'user' or pg_catalog.has_parameter_privilege(p.name, 'set'))
