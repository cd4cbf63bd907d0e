-- Of an entry only cancelled_at (once, while the pot is open) and first_ticket (once, at lock, of
-- a live entry) may change.
create or replace function private.tg_pot_entries__immutable()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_same public.pot_entries := new;
begin
    v_same.first_ticket := old.first_ticket;
    v_same.cancelled_at := old.cancelled_at;
    if v_same is distinct from old
        or old.first_ticket is not null
        or old.cancelled_at is not null
        or not exists (select from public.pots as p where p.id = old.pot_id and p.status = 'open')
    then
        raise check_violation using message = 'an entry is immutable';
    end if;
    return new;
end $$;

comment on function private.tg_pot_entries__immutable() is
'Trigger: of an entry only cancelled_at (once, while the pot is open) and first_ticket (once, at '
'lock, of a live entry) may change.';

revoke all on function private.tg_pot_entries__immutable()
from public, anon, authenticated, service_role;
