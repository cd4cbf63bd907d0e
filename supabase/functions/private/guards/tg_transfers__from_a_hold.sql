-- What is held goes to the winner or back to entrants, never to both, until it is released.
-- Locks: the hold's row, which whoever releases it holds anyway.
create or replace function private.tg_transfers__from_a_hold()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_hold private.payout_holds;
begin
    select * into v_hold from private.payout_holds as h where h.pot_id = new.pot_id for update;
    if v_hold.pot_id is null
        or v_hold.outcome is not null
        or new.kind = 'release' and new.amount <> v_hold.credits
        -- By constants, so that each is one look into an index, also at a pot's thousandth return.
        or new.kind = 'release' and exists (
            select from private.transfers as t where t.pot_id = new.pot_id and t.kind = 'return'
        )
        or new.kind = 'return' and exists (
            select from private.transfers as t where t.pot_id = new.pot_id and t.kind = 'release'
        )
    then
        raise check_violation using message = 'nothing is held that could go there';
    end if;
    return new;
end $$;

comment on function private.tg_transfers__from_a_hold() is
'Trigger on transfers `release` and `return`: the pot''s prize is held, a release is all of it, '
'and a pot has releases or returns, not both.';

revoke all on function private.tg_transfers__from_a_hold()
from public, anon, authenticated, service_role;
