-- The roles of a Supabase database, made where they are missing.
--
-- Roles belong to the whole cluster, so this file may meet some or all of them: it creates what is
-- absent and leaves the attributes of what is there alone. The setting `pypot.role_password` holds
-- the password of the two roles that log in, or is empty for none.
-- Source: supabase/postgres, migrations/db (names, attributes, memberships, timeouts).

do $$
declare
    v_role record;
    v_password text := nullif(current_setting('pypot.role_password', true), '');
begin
    for v_role in
        select r.name, r.attributes, r.logs_in
        from (
            values
                ('supabase_admin', 'superuser createdb createrole replication bypassrls', false),
                ('postgres', 'createdb createrole replication bypassrls', true),
                ('anon', 'nologin inherit', false),
                ('authenticated', 'nologin inherit', false),
                ('service_role', 'nologin inherit bypassrls', false),
                ('authenticator', 'noinherit', true),
                ('supabase_auth_admin', 'nologin noinherit', false),
                ('supabase_realtime_admin', 'nologin noinherit', false),
                ('dashboard_user', 'nologin createdb createrole replication', false)
        ) as r (name, attributes, logs_in)
        where not exists (select from pg_catalog.pg_roles as p where p.rolname = r.name)
    loop
        execute format('create role %I %s', v_role.name, v_role.attributes);
        if v_role.logs_in then
            execute format('alter role %I login password %L', v_role.name, v_password);
        end if;
    end loop;
end $$;

grant anon, authenticated, service_role to authenticator;
grant pg_monitor, pg_read_all_data, pg_signal_backend to postgres;

-- Hosted migrations may create policies on realtime.messages; membership in its owner allows that.
grant supabase_realtime_admin to postgres;

-- postgres hands the API roles on to others (its own roles become members of theirs).
grant anon, authenticated, service_role to postgres with admin option;

-- The authenticator's settings reign over service_role, which has none of its own.
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';

alter role postgres set search_path = "$user", public, extensions;
alter role supabase_admin set search_path = "$user", public, auth, extensions;
alter role supabase_auth_admin set search_path = auth;
