-- Whoever may make temporary objects may shadow a type's name, `text` say, in pg_temp. PostgreSQL
-- looks there for types before it looks into pg_catalog, also under `search_path = ''`, and a
-- domain found there runs its CHECK with the rights of the definer function that declares a
-- variable of it. The database's owner, as whom migrations run, keeps the right.
do $$
begin
    execute format('revoke temporary on database %I from public', current_database());
end
$$;
