-- Finds room for a join in the pot's stripes and locks it, waiting for nobody while tickets are free:
-- 1. one stripe with enough to spare, by try-lock;
-- 2. several, by try-lock, whose spare quota is moved into one;
-- 3. all of them, in ascending order: whoever holds what is left ends first, then the answer is certain.
-- Step 3 starts with no stripe held (a subtransaction gives back what step 2 took), so sweeps
-- cannot deadlock.
create or replace function private.take_tickets(p_pot_id uuid, p_ticket_count integer)
returns smallint
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_stripe smallint;
    v_spare integer;
    v_held smallint[] := '{}'::smallint[];
    v_free bigint := 0;
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
    -- What others are buying still counts as free here, so too little is too little.
    if (
        select sum(s.quota - s.sold) from private.pot_stripes as s where s.pot_id = p_pot_id
    ) < p_ticket_count then
        return null;
    end if;

    begin
        while v_free < p_ticket_count loop
            select s.stripe, s.quota - s.sold into v_stripe, v_spare
            from private.pot_stripes as s
            where s.pot_id = p_pot_id and s.quota > s.sold and s.stripe <> all (v_held)
            order by s.quota - s.sold desc, (s.stripe + pg_backend_pid()) % 32
            limit 1
            for update skip locked;
            if not found then
                raise lock_not_available;
            end if;
            v_held := v_held || v_stripe;
            v_free := v_free + v_spare;
        end loop;
        return private.gather_quota(p_pot_id, v_held, p_ticket_count);
    exception
        when lock_not_available then
            null;
    end;

    perform from private.pot_stripes as s where s.pot_id = p_pot_id order by s.stripe for update;
    select array_agg(s.stripe order by s.quota - s.sold desc, s.stripe), sum(s.quota - s.sold)
    into v_held, v_free
    from private.pot_stripes as s
    where s.pot_id = p_pot_id;
    if v_free < p_ticket_count then
        return null;
    end if;
    return private.gather_quota(p_pot_id, v_held, p_ticket_count);
end $$;

comment on function private.take_tickets(uuid, integer) is
'Finds one stripe of the pot with p_ticket_count tickets to spare, moving spare quota into it when '
'no single stripe has enough, and locks it. Returns the stripe, NULL when the pot has fewer left.';

revoke all on function private.take_tickets(uuid, integer)
from public, anon, authenticated, service_role;
