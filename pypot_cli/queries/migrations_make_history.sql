-- The table that the Supabase CLI makes and reads.
create schema if not exists supabase_migrations;

create table supabase_migrations.schema_migrations (
    version text not null primary key,
    statements text[],
    name text
);
