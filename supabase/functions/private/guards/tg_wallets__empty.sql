-- A wallet starts empty. On insert of one that is not.
create or replace function private.tg_wallets__empty()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
    raise check_violation using message = 'a wallet starts empty';
end $$;

comment on function private.tg_wallets__empty() is
'Trigger, on insert of a wallet that has a balance or a version: a wallet starts empty.';

revoke all on function private.tg_wallets__empty()
from public, anon, authenticated, service_role;
