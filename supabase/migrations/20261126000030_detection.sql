-- Detection: what it needs of the tables, the policies it starts with, and what compliance reads.

-- By the address or device they came from, in one pot or over all of them.
create index pot_entries_ip_idx on public.pot_entries (ip_hash, pot_id)
where ip_hash is not null;
create index pot_entries_device_idx on public.pot_entries (device_hash, pot_id)
where device_hash is not null;

alter table private.settings
add column duplicate_address_alert integer not null default 5 check (duplicate_address_alert >= 1),
add column duplicate_device_alert integer not null default 2 check (duplicate_device_alert >= 1);
comment on column private.settings.duplicate_address_alert is
'An alert is raised for a pot in which more players than this share an address.';
comment on column private.settings.duplicate_device_alert is
'The same for a device.';

-- A score is the probability that the suspicion is right: from 0.8 on the prize waits for a person.
insert into private.flag_policies (kind, min_score, effect, updated_at)
select k.kind, e.min_score, e.effect, clock_timestamp()
from (values
    ('shared_device', 0.8), ('shared_address', 0.8), ('linked_accounts', 0.8),
    ('played_together', 0.8), ('synchronised_joins', 0.8), ('cap_splitting', 0.8),
    ('churned_devices', 0.8), ('late_computed_join', 0.9), ('velocity_burst', null),
    ('confirmed_ring', 0.8)
) as k (kind, hold_from)
cross join lateral (
    values ('note', 0.5), ('hold', k.hold_from)
) as e (effect, min_score)
where e.min_score is not null;

create type public.fraud_flag as (
    flag_id uuid,
    pot_id uuid,
    entry_id uuid,
    user_id uuid,
    kind text,
    score numeric,
    evidence jsonb,
    status text,
    created_at text,
    reviewed_by uuid,
    reviewed_at text,
    reason text
);
comment on type public.fraud_flag is
'A suspicion about a player in a pot, as list_flags shows it: score is 0 to 1, reviewed_by the '
'pseudonym that the audit knows the reviewer by.';
