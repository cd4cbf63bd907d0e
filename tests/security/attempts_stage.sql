-- What attempts.sql needs, made by a superuser in a transaction that is rolled back: a place where
-- every role may make a table, a function for its triggers, and the attempt itself.
create schema attempts;
grant all on schema attempts to public;

create function attempts.noop() returns trigger language plpgsql as 'begin return new; end';

create function attempts.is_denied(p_role text, p_statement text)
returns boolean
language plpgsql
as $$
begin
    begin
        perform pg_catalog.set_config('role', p_role, true);
        execute p_statement;
        raise exception 'undone' using errcode = 'UNDO1';
    exception
        when insufficient_privilege then
            -- A guard's refusal is no lack of rights, nor is a right that is lacking further inside.
            return sqlerrm like 'must be owner of %'
                or sqlerrm like 'permission denied %'
                and (
                    sqlerrm not like 'permission denied for function %'
                    or p_statement ~ ('\.' || substr(sqlerrm, 32) || '\(')
                );
        when others then
            return false;
    end;
end;
$$;
