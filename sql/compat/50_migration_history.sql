-- The table in which the Supabase CLI keeps what it applied; only `version` is ever compared.
--
-- postgres owns the table because the CLI alters it; supabase_admin owns the schema so that
-- `supabase db reset` empties the table instead of dropping it.

create schema supabase_migrations authorization supabase_admin;
grant all on schema supabase_migrations to postgres;

create table supabase_migrations.schema_migrations (
    version text not null primary key,
    statements text[],
    name text
);

comment on table supabase_migrations.schema_migrations is
'One row an applied migration: its 14 digits, the statements as they were sent, its slug.';

alter table supabase_migrations.schema_migrations owner to postgres;
