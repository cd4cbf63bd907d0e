-- Which files of the layer this database still needs, in order. Nothing on a Supabase database.
--
-- All of them are applied in one transaction, so the first thing a file makes stands for the rest.
select part.file
from (
    values
        (
            '10_roles.sql',
            (
                select count(*) < 9
                from pg_catalog.pg_roles as r
                where r.rolname in (
                    'supabase_admin',
                    'postgres',
                    'anon',
                    'authenticated',
                    'service_role',
                    'authenticator',
                    'supabase_auth_admin',
                    'supabase_realtime_admin',
                    'dashboard_user'
                )
            )
            or not exists (
                select
                from pg_catalog.pg_auth_members as m
                where m.member = to_regrole('authenticator')
                    and m.roleid = to_regrole('service_role')
            )
        ),
        (
            '20_database.sql',
            not exists (
                select from pg_catalog.pg_extension as e where e.extname = 'pgcrypto'
            )
        ),
        ('30_auth.sql', to_regclass('auth.users') is null),
        ('40_realtime.sql', to_regclass('realtime.messages') is null),
        (
            '50_migration_history.sql',
            to_regclass('supabase_migrations.schema_migrations') is null
        )
) as part (file, is_missing)
where part.is_missing
order by part.file
