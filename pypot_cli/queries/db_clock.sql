-- Lets every decision of a database be made at another time, which is an expression.
create or replace function private.now()
returns timestamptz
language plpgsql
volatile
set search_path = ''
as $$
begin
    return {time};
end $$
