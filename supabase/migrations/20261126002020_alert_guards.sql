-- An alert is history: it is counted on while it is open, acknowledged once, closed once, kept.
create trigger tg_alerts__history before update on private.alerts
for each row execute function private.tg_alerts__history();
create trigger tg_alerts__kept before delete on private.alerts
for each row execute function private.tg_append_only();
create trigger tg_alerts__not_truncated before truncate on private.alerts
for each statement execute function private.tg_append_only();
alter table private.alerts enable always trigger tg_alerts__history;
alter table private.alerts enable always trigger tg_alerts__kept;
alter table private.alerts enable always trigger tg_alerts__not_truncated;

create trigger tg_watch_marks__kept before delete on private.watch_marks
for each row execute function private.tg_append_only();
create trigger tg_watch_marks__not_truncated before truncate on private.watch_marks
for each statement execute function private.tg_append_only();
alter table private.watch_marks enable always trigger tg_watch_marks__kept;
alter table private.watch_marks enable always trigger tg_watch_marks__not_truncated;

-- Compliance alone hears of alerts. service_role, which bypasses row security, may as well.
create policy alerts_topic_select on realtime.messages
for select to pot_compliance
using (extension = 'broadcast' and (select realtime.topic()) = 'alerts');

-- Realtime judges a listener as the listener's own role. Where this role may not hand that on, the
-- topic is for service_role alone and the rest goes on: list_alerts and webhooks tell the same.
do $$
begin
    grant usage on schema realtime to pot_compliance;
    grant select on realtime.messages to pot_compliance;
exception
    when insufficient_privilege then
        raise notice 'pot_compliance cannot listen to topic alerts on this server';
end $$;
