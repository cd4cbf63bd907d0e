-- Lets pots rest in which nothing happens any more: run_due has told all of them, and none of these
-- is due. One that is full or paused is not let rest, for it may become due by no join.
--
-- A join holds its pot's gate until it ends. So a pot is judged with its gate closed, by a
-- statement that begins after: no join is under way then, and the next one finds the pot resting
-- and wakes it.
--
-- Locks, waiting for none: the gate, exclusive, of a hundred pots at most; rows of lobby_pulses.
-- Writes: lobby_pulses.rests.
create or replace function private.rest_pots(p_at timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_quiet uuid[];
begin
    select array_agg(q.pot_id) into v_quiet
    from (
        select k.pot_id
        from private.lobby_pulses as k
        inner join public.pots as p on k.pot_id = p.id
        where not k.rests and private.is_quiet(k, p, p_at)
        limit 100
    ) as q
    where pg_try_advisory_xact_lock(private.gate_key(q.pot_id));
    update private.lobby_pulses as l
    set rests = true
    from (
        select k.pot_id
        from private.lobby_pulses as k
        inner join public.pots as p on k.pot_id = p.id
        where k.pot_id = any (v_quiet) and private.is_quiet(k, p, p_at)
        for update of k skip locked
    ) as quiet
    where l.pot_id = quiet.pot_id;
end $$;

comment on function private.rest_pots(timestamptz) is
'Marks as resting up to a hundred awake pots that are quiet at p_at (private.is_quiet) and in '
'which no join is under way.';

revoke all on function private.rest_pots(timestamptz)
from public, anon, authenticated, service_role;
