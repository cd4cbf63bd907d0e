-- The pot_* roles log in nowhere, may do nothing by attribute, own nothing, and belong to nobody
-- but the authenticator, service_role and their maker.
select format('role %s %s', r.rolname, c.complaint)
from pg_roles as r
cross join lateral (
    values
    (
        r.rolcanlogin or r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolreplication
        or r.rolbypassrls,
        'has an attribute that a caller must not have'
    ),
    (
        not coalesce('statement_timeout' = any(
            select split_part(s, '=', 1) from unnest(r.rolconfig) as s
        ), false),
        'has no statement_timeout'
    ),
    (
        exists (select from pg_shdepend as d where d.refobjid = r.oid and d.deptype = 'o'),
        'owns something'
    ),
    (exists (select from pg_auth_members as m where m.member = r.oid), 'is a member of a role'),
    (
        exists (
            select
            from pg_auth_members as m
            where
                m.roleid = r.oid
                and m.member not in (
                    'authenticator'::regrole, 'service_role'::regrole, 'postgres'::regrole
                )
        ),
        'has a member that it should not have'
    )
) as c (is_so, complaint)
where r.rolname like 'pot\_%' and c.is_so
