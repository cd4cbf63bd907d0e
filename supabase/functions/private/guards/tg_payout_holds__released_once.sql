-- What is held is released once, whole, and as its outcome says.
create or replace function private.tg_payout_holds__released_once()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
    if old.outcome is not null
        or new.outcome is null
        or (new.pot_id, new.account_id, new.transfer_id, new.credits, new.held_at)
        <> (old.pot_id, old.account_id, old.transfer_id, old.credits, old.held_at)
        or (new.outcome = 'paid') <> exists (
            select from private.transfers as t where t.pot_id = old.pot_id and t.kind = 'release'
        )
        or private.account_balance(old.account_id) <> 0
    then
        raise check_violation using message = 'a hold is released once and whole';
    end if;
    return new;
end $$;

comment on function private.tg_payout_holds__released_once() is
'Trigger: of a hold only outcome and released_at may change, once, when its account is empty: paid '
'by a transfer `release`, returned without one.';

revoke all on function private.tg_payout_holds__released_once()
from public, anon, authenticated, service_role;
