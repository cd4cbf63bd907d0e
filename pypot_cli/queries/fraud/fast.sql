-- Nothing in a database that is thrown away has to survive the machine.
do $$
begin
    execute format('alter database %I set synchronous_commit = off', current_database());
end $$;
