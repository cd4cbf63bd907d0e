-- Alerts that somebody answers for (PRD 8): open, acknowledged, closed; and how far the watch over
-- escrows and chains has come.

alter table private.alerts
add column alert_id uuid not null default gen_random_uuid(),
add column acknowledged_at timestamptz,
add column acknowledged_by uuid,
add column ack_reason text,
add constraint alerts_alert_id_key unique (alert_id),
add constraint alerts_acknowledged_check check (
    num_nulls(acknowledged_at, acknowledged_by, ack_reason) in (0, 3)
);
create index alerts_unclosed_idx on private.alerts (id desc)
where closed_at is null;
create index alerts_acknowledged_idx on private.alerts (id desc)
where closed_at is null and acknowledged_at is not null;
comment on column private.alerts.alert_id is
'Its public name: what list_alerts shows and ack_alert takes.';
comment on column private.alerts.acknowledged_by is
'Pseudonym (private.actors) of who looks after it.';
comment on column private.alerts.ack_reason is
'What that person said; may hold personal data, so it is in no event.';

create table private.watch_marks (
    only_row boolean primary key default true check (only_row),
    audit_id bigint not null default 0,
    swept_to uuid not null default '00000000-0000-0000-0000-000000000000'
);
insert into private.watch_marks default values;
comment on table private.watch_marks is
'How far run_watch has looked: the last audit row whose pot it looked at because of it, and the '
'last pot of the sweep over all, which begins anew at the end.';

create type public.alert as (
    alert_id uuid,
    kind text,
    severity text,
    status text,
    pot_id uuid,
    detail jsonb,
    occurrences bigint,
    opened_at text,
    last_at text,
    acknowledged_at text,
    acknowledged_by uuid,
    ack_reason text,
    closed_at text
);
comment on type public.alert is
'An alert as list_alerts shows it. status: open, acknowledged or closed; severity: page or ticket; '
'acknowledged_by is the pseudonym of the audit.';

alter table private.watch_marks enable row level security;
create policy watch_marks_nobody on private.watch_marks for all to public
using (false) with check (false);
revoke all on private.watch_marks
from public, anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance, pot_treasury;
