-- Of an entry only cancelled_at (once, while the pot is open) and first_ticket with holder_rank
-- (once, at lock, of a live entry) may change; and where it came from is forgotten, whole, once it
-- may be (docs/privacy.md): the one exception, to NULL only. A lock changes every entry of its pot,
-- so the trigger's WHEN passes over a number that only the pot could stand against, which
-- private.tg_pot_entries__while_open asks for once a statement (docs/decisions/0270).
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
    v_same.holder_rank := old.holder_rank;
    v_same.cancelled_at := old.cancelled_at;
    if v_same is not distinct from old then
        if old.first_ticket is null
            and old.cancelled_at is null
            and exists (
                select from public.pots as p where p.id = old.pot_id and p.status = 'open'
            )
        then
            return new;
        end if;
    elsif new is not distinct from private.forgotten_entry(old) and private.may_forget(old) then
        return new;
    end if;
    raise check_violation using message = 'an entry is immutable';
end $$;

comment on function private.tg_pot_entries__immutable() is
'Trigger: of an entry only cancelled_at (once, while the pot is open) and first_ticket '
'with holder_rank (once, at lock, of a live entry) may change; where it came from is set to NULL '
'after its time.';

revoke all on function private.tg_pot_entries__immutable()
from public, anon, authenticated, service_role;
