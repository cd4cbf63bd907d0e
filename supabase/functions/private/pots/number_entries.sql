-- Gives every live entry of a pot its tickets, in the order of seq, and counts what a settlement is
-- measured by: how many tickets those have who come before an entry's player, ordered by how many
-- they have and by their first one.
--
-- A pot fills in seconds, and the planner knows nothing of its entries then: it would take them for
-- one or two and walk through all of them once an entry. So there is one join, and it is not made
-- that way. The statement is planned for this pot by being executed as text: a plan_cache_mode of
-- this function would have the trigger of each entry planned anew as well, once an entry.
--
-- Writes: first_ticket and holder_rank of the entries; expected_share of the pot's state.
create or replace function private.number_entries(p_pot_id uuid, p_total bigint)
returns void
language plpgsql
volatile
set search_path = ''
set enable_nestloop = off
set jit = off
as $$
begin
    execute $number$
    update public.pot_entries as e
    set first_ticket = r.first_ticket, holder_rank = r.holder_rank
    from (
        select
            h.id, h.first_ticket,
            -- Entries of one player are peers here, so each has its player's.
            sum(h.ticket_count) over (order by h.tickets, h.holder_first) - h.tickets as holder_rank
        from (
            select
                n.id, n.ticket_count, n.first_ticket,
                sum(n.ticket_count) over (partition by n.user_id) as tickets,
                min(n.first_ticket) over (partition by n.user_id) as holder_first
            from (
                select
                    l.id, l.user_id, l.ticket_count,
                    sum(l.ticket_count) over (order by l.seq) - l.ticket_count as first_ticket
                from public.pot_entries as l
                where l.pot_id = $1 and l.cancelled_at is null
            ) as n
        ) as h
    ) as r
    where e.pot_id = $1 and e.id = r.id
    $number$ using p_pot_id;
    update private.pot_states as s
    set expected_share = h.expected_share
    from (
        select sum((t.tickets / p_total::float8) ^ 2) as expected_share
        from (
            select sum(l.ticket_count) as tickets
            from public.pot_entries as l
            where l.pot_id = p_pot_id and l.cancelled_at is null
            group by l.user_id
        ) as t
    ) as h
    where s.pot_id = p_pot_id;
end $$;

comment on function private.number_entries(uuid, bigint) is
'Numbers the tickets of a pot''s live entries from 0 in order of seq, and keeps what fairness '
'statistics measure its settlement by. p_total: how many tickets those are. The caller has closed '
'the pot''s gate.';

revoke all on function private.number_entries(uuid, bigint)
from public, anon, authenticated, service_role;
