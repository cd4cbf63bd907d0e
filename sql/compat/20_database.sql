-- What one database of a Supabase cluster has: its owner, the schema of extensions, pgcrypto.
--
-- postgres owns the database, and through pg_database_owner the schema public; supabase_admin owns
-- the other schemas, which `supabase db reset` therefore leaves standing.

do $$
begin
    execute format('alter database %I owner to postgres', current_database());
    execute format('grant all on database %I to dashboard_user', current_database());
end $$;

grant usage on schema public to postgres, anon, authenticated, service_role;

create schema if not exists extensions authorization supabase_admin;
grant usage on schema extensions to anon, authenticated, service_role;
grant all on schema extensions to postgres, dashboard_user;

create extension if not exists pgcrypto with schema extensions;
