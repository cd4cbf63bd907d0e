-- Closes the open alert of p_kind of the pot, whose cause has ended; with p_kind NULL, as a pot's
-- end does, every one but those that the watch alone may close, having looked again.
--
-- Locks, in order: the caller's pseudonym when it is new; the alerts.
-- Writes: the alerts; for each, event alert_closed and a message on topic alerts.
create or replace function private.close_alerts(p_kind text, p_pot_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_alert private.alerts;
begin
    if not exists (
        select
        from private.alerts as a
        where a.closed_at is null
            and a.pot_id is not distinct from p_pot_id
            and (p_kind is null or a.kind = p_kind)
    ) then
        return;
    end if;
    perform private.actor_pseudonym();
    for v_alert in
        update private.alerts as a
        set closed_at = greatest(private.now(), a.last_at)
        where a.closed_at is null
            and a.pot_id is not distinct from p_pot_id
            and case
                when p_kind is null then a.kind not in ('chain_broken', 'escrow_not_zero')
                else a.kind = p_kind
            end
        returning *
    loop
        perform private.announce_alert(v_alert, 'closed');
    end loop;
end $$;

comment on function private.close_alerts(text, uuid) is
'Closes the open alert of p_kind (NULL: of any kind that no watch looks after) of the pot, whose '
'cause has ended.';

revoke all on function private.close_alerts(text, uuid)
from public, anon, authenticated, service_role;
