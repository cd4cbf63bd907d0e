-- Moves spare quota from the other stripes of a list into its first one; the sum stays the same.
-- Locks: the caller holds every stripe of the list.
create or replace function private.gather_quota(
    p_pot_id uuid, p_stripes smallint [], p_ticket_count integer
)
returns smallint
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_stripe smallint;
    v_spare integer;
    v_missing integer := p_ticket_count;
    v_moved integer := 0;
begin
    foreach v_stripe in array p_stripes loop
        exit when v_missing <= 0;
        select least(s.quota - s.sold, v_missing) into strict v_spare
        from private.pot_stripes as s
        where s.pot_id = p_pot_id and s.stripe = v_stripe;
        v_missing := v_missing - v_spare;
        if v_stripe <> p_stripes[1] and v_spare > 0 then
            update private.pot_stripes as s
            set quota = s.quota - v_spare
            where s.pot_id = p_pot_id and s.stripe = v_stripe;
            v_moved := v_moved + v_spare;
        end if;
    end loop;
    update private.pot_stripes as s
    set quota = s.quota + v_moved
    where s.pot_id = p_pot_id and s.stripe = p_stripes[1];
    return p_stripes[1];
end $$;

comment on function private.gather_quota(uuid, smallint [], integer) is
'Gives the first of the pot''s stripes p_stripes, all held by the caller, p_ticket_count tickets to '
'spare out of the quotas of the others. Returns that stripe.';

revoke all on function private.gather_quota(uuid, smallint [], integer)
from public, anon, authenticated, service_role;
