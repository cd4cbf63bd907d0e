-- The order of tickets is the order of seq, so the entry of a ticket is found by halving the span
-- of the pot's seq, an index look-up a step: an index by ticket would have the lock of a large pot
-- write every index of every entry.
create or replace function private.entry_at(p_pot_id uuid, p_ticket bigint)
returns public.pot_entries
language plpgsql
stable
set search_path = ''
as $$
declare
    v_low bigint;
    v_high bigint;
    v_middle bigint;
    v_entry record;
    v_seq bigint;
    v_result public.pot_entries;
begin
    select min(e.seq), max(e.seq) into v_low, v_high
    from public.pot_entries as e
    where e.pot_id = p_pot_id;
    while v_low <= v_high loop
        v_middle := v_low + (v_high - v_low) / 2;
        select e.seq, e.first_ticket into v_entry
        from public.pot_entries as e
        where e.pot_id = p_pot_id
            and e.seq between v_low and v_middle
            and e.first_ticket is not null
        order by e.seq desc
        limit 1;
        if not found then
            v_low := v_middle + 1;
        elsif v_entry.first_ticket <= p_ticket then
            v_seq := v_entry.seq;
            v_low := v_middle + 1;
        else
            v_high := v_entry.seq - 1;
        end if;
    end loop;
    select * into v_result
    from public.pot_entries as e
    where e.pot_id = p_pot_id and e.seq = v_seq;
    return v_result;
end $$;

comment on function private.entry_at(uuid, bigint) is
'The last entry of a locked pot that begins at the ticket or before it, so the one that covers the '
'ticket if any does; all NULL when none begins there.';

revoke all on function private.entry_at(uuid, bigint)
from public, anon, authenticated, service_role;
