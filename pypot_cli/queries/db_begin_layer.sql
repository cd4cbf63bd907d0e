-- One at a time in a database; and the password for the roles that 10_roles.sql may have to make,
-- empty for none. The key is ASCII "pypotlay" as a bigint.
select
    pg_catalog.pg_advisory_xact_lock(x'7079706f746c6179'::bigint),
    pg_catalog.set_config('pypot.role_password', %s, true)
