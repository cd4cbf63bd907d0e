-- Takes tickets out of the pot's stripes, waiting for nobody while tickets are free:
-- 1. and 2. by try-lock, from one stripe or several (private.try_tickets);
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
    v_held smallint[];
    v_free bigint;
begin
    begin
        return private.try_tickets(p_pot_id, p_ticket_count, p_participants);
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
