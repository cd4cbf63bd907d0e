-- Takes tickets out of the pot's stripes, waiting for nobody while tickets are free:
-- 1. from one stripe with enough to spare, by try-lock: the backend's own, else any;
-- 2. from several, by try-lock, whose spare quota is moved into one;
-- 3. from all of them, in ascending order: whoever holds what is left ends first, and then the
--    answer is certain.
-- A try-lock also keeps a stripe that it found changed and passed over. Step 3 must start with no
-- stripe held, or sweeps deadlock: so steps 1 and 2 are a subtransaction, which gives back all.
create or replace function private.take_tickets(
    p_pot_id uuid, p_ticket_count integer, p_participants integer
)
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
    begin
        -- Each backend starts at another stripe, so that connections seldom meet. Nearly every join
        -- ends here, having read and written one row.
        with own as (
            select s.stripe
            from private.pot_stripes as s
            where s.pot_id = p_pot_id
                and s.stripe = pg_backend_pid() % 32
                and s.quota - s.sold >= p_ticket_count
            for update skip locked
        )

        update private.pot_stripes as s
        set
            sold = s.sold + p_ticket_count,
            participants = s.participants + p_participants,
            version = s.version + 1
        from own as o
        where s.pot_id = p_pot_id and s.stripe = o.stripe
        returning s.stripe into v_stripe;
        if found then
            return v_stripe;
        end if;
        select s.stripe into v_stripe
        from private.pot_stripes as s
        where s.pot_id = p_pot_id and s.quota - s.sold >= p_ticket_count
        order by (s.stripe + pg_backend_pid()) % 32
        limit 1
        for update skip locked;
        if found then
            return private.sell_tickets(
                p_pot_id, array[v_stripe], p_ticket_count, p_participants
            );
        end if;
        -- What others are buying still counts as free here, so too little is too little.
        if (
            select sum(s.quota - s.sold) from private.pot_stripes as s where s.pot_id = p_pot_id
        ) < p_ticket_count then
            return null;
        end if;

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
        return private.sell_tickets(p_pot_id, v_held, p_ticket_count, p_participants);
    exception
        when lock_not_available then
            null;
    end;

    -- A batch that holds a stripe already does not wait for others (private.join_pots).
    if current_setting('pots.keeps_stripes', true) = 'on' then
        perform private.fail('busy');
    end if;
    perform from private.pot_stripes as s where s.pot_id = p_pot_id order by s.stripe for update;
    select array_agg(s.stripe order by s.quota - s.sold desc, s.stripe), sum(s.quota - s.sold)
    into v_held, v_free
    from private.pot_stripes as s
    where s.pot_id = p_pot_id;
    if v_free < p_ticket_count then
        return null;
    end if;
    return private.sell_tickets(p_pot_id, v_held, p_ticket_count, p_participants);
end $$;

comment on function private.take_tickets(uuid, integer, integer) is
'Counts p_ticket_count tickets and p_participants new players (0 or 1) as sold in one stripe of '
'the pot, moving spare quota into it when no single stripe has enough. Returns the stripe; NULL '
'when the pot has fewer tickets left.';

revoke all on function private.take_tickets(uuid, integer, integer)
from public, anon, authenticated, service_role;
