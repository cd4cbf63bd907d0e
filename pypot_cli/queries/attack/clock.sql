-- The operator's clock: its database says whatever time the operator wants it to be.
create or replace function private.now()
returns timestamptz
language plpgsql
volatile
set search_path = ''
as $$
begin
    return {time};
end $$
