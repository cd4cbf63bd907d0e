-- What Supabase grants by default in a project that does not expose new objects: the classic mode
-- (60_default_privileges_classic.sql, applied before) less what the API itself would use.
--
-- What is left is more than nothing: TRUNCATE, REFERENCES and TRIGGER on tables, UPDATE on
-- sequences, and EXECUTE through PUBLIC.

alter default privileges for role postgres in schema public
revoke select, insert, update, delete on tables from anon, authenticated, service_role;
alter default privileges for role postgres in schema public
revoke usage, select on sequences from anon, authenticated, service_role;
alter default privileges for role postgres in schema public
revoke execute on functions from anon, authenticated, service_role;
