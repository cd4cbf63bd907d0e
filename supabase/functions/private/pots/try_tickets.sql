-- Steps 1 and 2 of private.take_tickets, which holds nothing of the pot's stripes when it calls:
-- 1. from one stripe with enough to spare: the backend's own, else any;
-- 2. from several, whose spare quota is moved into one.
-- SKIP LOCKED waits all the same where a row's writer commits while it looks at it and somebody has
-- locked what was written; whoever waits so with stripes held may stand in a circle with a sweep.
-- So it waits no longer than lock_timeout (docs/decisions/0250).
-- Raises: lock_not_available, when what is free is not enough and what others hold might be.
create or replace function private.try_tickets(
    p_pot_id uuid, p_ticket_count integer, p_participants integer
)
returns smallint
language plpgsql
volatile
set search_path = ''
set lock_timeout = '10ms'
as $$
declare
    v_stripe smallint;
    v_spare integer;
    v_held smallint[] := '{}'::smallint[];
    v_free bigint := 0;
begin
    -- Each backend starts at another stripe, so that connections seldom meet. Nearly every batch
    -- ends here, having read and written one row; a join has looked there before.
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
end $$;

comment on function private.try_tickets(uuid, integer, integer) is
'Counts p_ticket_count tickets and p_participants new players (0 or 1) as sold in one stripe of '
'the pot, out of stripes that nobody else holds. Returns the stripe; NULL when the pot has fewer '
'tickets left. Raises lock_not_available when others hold what is missing.';

revoke all on function private.try_tickets(uuid, integer, integer)
from public, anon, authenticated, service_role;
