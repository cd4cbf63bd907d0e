-- Says that a migration is applied; the CLI compares versions only.
insert into supabase_migrations.schema_migrations (version, statements, name)
values (%s, %s, %s)
