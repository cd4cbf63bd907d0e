-- Whoever is no officer any more reads no table either, and hears nothing new, whatever an older
-- token says. Officers hear what the public hears of pots, which the desk shows live; nobody sees
-- who listens to alerts.

drop policy pot_entries_select_compliance on public.pot_entries;
create policy pot_entries_select_compliance on public.pot_entries
for select to pot_compliance
using (not (select private.is_dismissed()));

drop policy pots_audit_select on public.pots_audit;
create policy pots_audit_select on public.pots_audit
for select to pot_compliance
using (not (select private.is_dismissed()));

drop policy alerts_topic_select on realtime.messages;
create policy alerts_topic_select on realtime.messages
for select to pot_compliance
using (
    not (select private.is_dismissed())
    and (
        extension = 'broadcast' and (select realtime.topic()) = 'alerts'
        or extension in ('broadcast', 'presence')
        and (
            (select realtime.topic()) = 'live-drops'
            or (select realtime.topic()) like 'pots:%'
        )
    )
);
