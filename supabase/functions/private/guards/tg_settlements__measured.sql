-- Measures a settlement as it is written, so that public statistics read one row a draw. Adds no
-- row that two settlements would share, so nothing queues here.
--
-- The tickets of a pot are put in order of how many their holder has, fewest first, holders of as
-- many by their first ticket: an order that is fixed at lock. In a fair draw the winning ticket's
-- rank in it is uniform; a draw that favours large holders, or small ones, is not.
create or replace function private.tg_settlements__measured()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_pot public.pots;
    v_revealed_at timestamptz;
    v_round_time timestamptz;
begin
    select * into strict v_pot from public.pots as p where p.id = new.pot_id;
    select a.created_at into strict v_revealed_at
    from public.pots_audit as a
    where a.pot_id = new.pot_id and a.action = 'revealed';
    select private.beacon_round_time(c.genesis_time, c.period_seconds, s.beacon_round)
    into v_round_time
    from private.pot_states as s
    inner join private.beacon_chains as c on s.beacon_chain_hash = c.chain_hash
    where s.pot_id = new.pot_id;

    new.draw_version := v_pot.draw_version;
    new.total_tickets := v_pot.total_tickets;
    -- Never negative, also where a clock was set back in between.
    new.reveal_micros := greatest(
        0, private.micros(v_revealed_at) - private.micros(v_pot.locked_at)
    );
    new.beacon_micros := greatest(
        0, private.micros(new.created_at) - private.micros(v_round_time)
    );
    if v_round_time is null then
        new.beacon_micros := null;
    end if;

    -- What depends on everybody's tickets was counted at the lock.
    select w.holder_rank + own.before, own.tickets / v_pot.total_tickets::float8, s.expected_share
    into strict new.winner_rank, new.winner_share, new.expected_share
    from public.pot_entries as w
    inner join private.pot_states as s on w.pot_id = s.pot_id
    cross join lateral (
        select
            sum(e.ticket_count)::bigint as tickets,
            sum(
                least(e.ticket_count, greatest(0, new.winning_ticket - e.first_ticket))
            )::bigint as before
        from public.pot_entries as e
        where e.pot_id = w.pot_id and e.user_id = w.user_id and e.first_ticket is not null
    ) as own
    where w.id = new.entry_id;
    return new;
end $$;

comment on function private.tg_settlements__measured() is
'Trigger: fills draw_version, total_tickets, reveal_micros, beacon_micros, winner_rank, '
'winner_share and expected_share of a settlement, from which fairness_stats counts.';

revoke all on function private.tg_settlements__measured()
from public, anon, authenticated, service_role;
