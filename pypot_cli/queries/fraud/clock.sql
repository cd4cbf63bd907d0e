-- The clock of a simulation: each request says what time it is, and time goes on while it is
-- answered. Only ever on a database that nothing but the simulation uses.
create or replace function private.now()
returns timestamptz
language plpgsql
volatile
set search_path = ''
as $$
begin
    return coalesce(
        (private.request_header('x-simulated-time'))::timestamptz
        + (clock_timestamp() - transaction_timestamp()),
        clock_timestamp()
    );
end $$;
