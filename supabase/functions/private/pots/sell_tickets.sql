-- Sells from the first stripe of a list; what that lacks of quota is moved from the others, so the
-- sum stays the same.
-- Locks: the caller holds every stripe of the list. The stripe is written in the subtransaction
-- that locked it: written from another one, the row would take a multixact a join.
create or replace function private.sell_tickets(
    p_pot_id uuid, p_stripes smallint[], p_ticket_count integer, p_participants integer
)
returns smallint
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_stripe smallint;
    v_spare integer;
    v_missing integer := 0;
    v_moved integer := 0;
begin
    if cardinality(p_stripes) > 1 then
        select p_ticket_count - (s.quota - s.sold) into strict v_missing
        from private.pot_stripes as s
        where s.pot_id = p_pot_id and s.stripe = p_stripes[1];
    end if;
    foreach v_stripe in array p_stripes[2:] loop
        exit when v_moved >= v_missing;
        select least(s.quota - s.sold, v_missing - v_moved) into strict v_spare
        from private.pot_stripes as s
        where s.pot_id = p_pot_id and s.stripe = v_stripe;
        update private.pot_stripes as s
        set quota = s.quota - v_spare
        where s.pot_id = p_pot_id and s.stripe = v_stripe;
        v_moved := v_moved + v_spare;
    end loop;
    update private.pot_stripes as s
    set
        quota = s.quota + v_moved,
        sold = s.sold + p_ticket_count,
        participants = s.participants + p_participants,
        version = s.version + 1
    where s.pot_id = p_pot_id and s.stripe = p_stripes[1];
    return p_stripes[1];
end $$;

comment on function private.sell_tickets(uuid, smallint[], integer, integer) is
'Counts p_ticket_count tickets and p_participants new players as sold in the first of the pot''s '
'stripes p_stripes, out of the quotas of all of them, which the caller holds. Returns that stripe.';

revoke all on function private.sell_tickets(uuid, smallint[], integer, integer)
from public, anon, authenticated, service_role;
