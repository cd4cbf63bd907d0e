-- Looks whether what must always hold still does: first of pots with an alert of this kind, which
-- closes when its cause ended, then of pots that something happened to, then of the next few of all
-- pots, round and round, because whoever tampers does not say where.
--
-- Locks: the watch's mark, skipped when somebody else has it; then alerts.
-- Writes: the mark; as private.watch_pot. Bounded in pots and in time; callers call again.
create or replace function private.run_watch()
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    c_pots constant integer := 50; -- of each sort, a call
    c_time constant interval := make_interval(secs => 0.5);
    v_mark private.watch_marks;
    v_until timestamptz;
    v_pot record;
    v_watched integer := 0;
begin
    perform private.require_read_committed();
    select * into v_mark
    from private.watch_marks as m
    where m.only_row
    for update skip locked;
    if not found then
        return null;
    end if;
    v_until := private.now() + c_time;
    for v_pot in
        (
            select 1 as sort, a.pot_id, a.id as audit_id
            from private.alerts as a
            where a.closed_at is null
                and a.kind in ('chain_broken', 'escrow_not_zero')
                and a.pot_id is not null
            order by a.last_at
            limit c_pots
        )
        union all
        (
            select 2, c.pot_id, c.id
            from public.pots_audit as c
            where c.id > v_mark.audit_id
            order by c.id
            limit c_pots
        )
        union all
        (
            select 3, p.id, null
            from public.pots as p
            where p.id > v_mark.swept_to
            order by p.id
            limit c_pots
        )
        order by sort, audit_id, pot_id
    loop
        exit when v_watched > 0 and private.now() > v_until;
        perform private.watch_pot(v_pot.pot_id);
        v_watched := v_watched + 1;
        if v_pot.sort = 2 then
            v_mark.audit_id := v_pot.audit_id;
        elsif v_pot.sort = 3 then
            v_mark.swept_to := v_pot.pot_id;
        end if;
    end loop;
    if not exists (select from public.pots as p where p.id > v_mark.swept_to) then
        v_mark.swept_to := '00000000-0000-0000-0000-000000000000';
    end if;
    update private.watch_marks as m
    set audit_id = v_mark.audit_id, swept_to = v_mark.swept_to
    where m.only_row;
    return jsonb_build_object('watched', v_watched);
end $$;

comment on function private.run_watch() is
'Definer half of public.run_watch.';

revoke all on function private.run_watch()
from public, anon, authenticated, service_role;
grant execute on function private.run_watch()
to pot_orchestrator, service_role;
