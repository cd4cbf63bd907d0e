-- Try-lock first: whoever finds a free stripe waits for nobody. Else one sweep over all stripes
-- in ascending order,
-- which ends the chase for the last tickets without deadlock; it holds no stripe when it starts.
create or replace function private.take_tickets(p_pot_id uuid, p_ticket_count integer)
returns smallint
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_stripe smallint;
    v_missing integer;
    v_other record;
begin
    -- Each backend starts at another stripe, so that connections seldom meet.
    select s.stripe into v_stripe
    from private.pot_stripes as s
    where s.pot_id = p_pot_id and s.quota - s.sold >= p_ticket_count
    order by (s.stripe + pg_backend_pid()) % 32
    limit 1
    for update skip locked;
    if found then
        return v_stripe;
    end if;

    perform from private.pot_stripes as s where s.pot_id = p_pot_id order by s.stripe for update;
    if (
        select sum(s.quota - s.sold) from private.pot_stripes as s where s.pot_id = p_pot_id
    ) < p_ticket_count then
        return null;
    end if;
    select s.stripe, p_ticket_count - (s.quota - s.sold) into v_stripe, v_missing
    from private.pot_stripes as s
    where s.pot_id = p_pot_id
    order by s.quota - s.sold desc, s.stripe
    limit 1;
    for v_other in
        select s.stripe, s.quota - s.sold as spare
        from private.pot_stripes as s
        where s.pot_id = p_pot_id and s.stripe <> v_stripe and s.quota > s.sold
        order by s.quota - s.sold desc, s.stripe
    loop
        exit when v_missing <= 0;
        update private.pot_stripes as s
        set quota = s.quota + case
            when s.stripe = v_stripe then least(v_other.spare, v_missing)
            else -least(v_other.spare, v_missing)
        end
        where s.pot_id = p_pot_id and s.stripe in (v_stripe, v_other.stripe);
        v_missing := v_missing - v_other.spare;
    end loop;
    return v_stripe;
end $$;

comment on function private.take_tickets(uuid, integer) is
'Finds one stripe of the pot with p_ticket_count tickets to spare and locks it; moves spare quota '
'into it when no single stripe has enough. Returns the stripe, NULL when the pot has fewer left.';

revoke all on function private.take_tickets(uuid, integer)
from public, anon, authenticated, service_role;
