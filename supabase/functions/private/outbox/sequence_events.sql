-- Gives events that have committed their positions. Called by whoever wants to read; of several at
-- once one works, the others find it done. Why no event is lost and none out of its pot's order:
-- docs/decisions/0130.
--
-- Each call takes every visible event above low_water that has no position yet, in order of id. To
-- move low_water up to an id, no transaction may still hold a lower one. An id is taken after the
-- transaction's own id (log_event), so whoever holds an id up to the highest one visible now has a
-- transaction id lower than one that is taken next. Once all those have ended, what they wrote is
-- visible or rolled back.
--
-- Locks: the sequencer's advisory lock, or returns without it; nothing after it.
-- Writes: event_positions, event_sequencer.
-- Raises: busy in a transaction of one snapshot.
create or replace function private.sequence_events()
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    c_most constant bigint := 5000;
    v_state private.event_sequencer;
    v_is_first boolean := pg_current_xact_id_if_assigned() is null;
    v_highest bigint;
    v_xid xid8;
    v_ended boolean := false;
    v_last bigint;
    v_taken bigint := 0;
    v_taken_id bigint;
begin
    perform private.require_read_committed();
    if pg_try_advisory_xact_lock(hashtextextended('pots/events', 0)) then
        select * into strict v_state from private.event_sequencer as s where s.only_row;
        v_highest := coalesce((select max(e.id) from private.events as e), 0);
    end if;
    v_last := coalesce((select max(p.position) from private.event_positions as p), 0);
    -- Somebody else is at it, or there is nothing new.
    if v_highest is null or v_highest <= v_state.low_water then
        return jsonb_build_object('sequenced', 0, 'position', v_last);
    end if;

    -- After v_highest was read, or it would be no bound.
    v_xid := pg_current_xact_id();
    if v_state.candidate_xid > v_xid then
        -- Of the cluster that this database was dumped from. Nothing it waited for can come.
        v_state.candidate_id := null;
        v_state.candidate_xid := null;
    end if;
    v_ended := coalesce(
        pg_snapshot_xmin(pg_current_snapshot()) >= v_state.candidate_xid, false
    );

    with taken as (
        insert into private.event_positions (position, id, kind)
        select v_last + row_number() over (order by e.id), e.id, e.kind
        from (
            select n.id, n.kind
            from private.events as n
            where n.id > v_state.low_water
                and not exists (
                    select
                    from private.event_positions as p
                    where p.id = n.id and p.id > v_state.low_water
                )
            order by n.id
            limit c_most
        ) as e
        returning id
    )

    select count(*), max(t.id) into v_taken, v_taken_id from taken as t;

    if v_ended then
        -- A full batch leaves ids above its last for the next call.
        v_state.low_water := case
            when v_taken = c_most then least(v_state.candidate_id, v_taken_id)
            else v_state.candidate_id
        end;
        if v_state.low_water = v_state.candidate_id then
            v_state.candidate_id := null;
            v_state.candidate_xid := null;
        end if;
    end if;
    -- In a transaction that had its id before, that one is no bound: another call finds one.
    if v_state.candidate_id is null and v_is_first and v_highest > v_state.low_water then
        v_state.candidate_id := v_highest;
        v_state.candidate_xid := v_xid;
    end if;
    update private.event_sequencer as s
    set
        low_water = v_state.low_water,
        candidate_id = v_state.candidate_id,
        candidate_xid = v_state.candidate_xid
    where s.only_row
        and (s.low_water, s.candidate_id, s.candidate_xid) is distinct from
        (v_state.low_water, v_state.candidate_id, v_state.candidate_xid);
    return jsonb_build_object('sequenced', v_taken, 'position', v_last + v_taken);
end $$;

comment on function private.sequence_events() is
'Definer half of public.sequence_events.';

revoke all on function private.sequence_events()
from public, anon, authenticated, service_role;
grant execute on function private.sequence_events()
to pot_events, service_role;
