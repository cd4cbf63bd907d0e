-- What one person proposed and another has to confirm; links between hashes of two peppers; when
-- expired data are looked for next.

create table private.flag_policy_proposals (
    kind text not null,
    effect text not null check (effect in ('note', 'hold', 'refuse')),
    min_score numeric(4, 3) check (min_score between 0 and 1),
    proposed_by uuid not null,
    proposed_at timestamptz not null,
    primary key (kind, effect)
);
comment on table private.flag_policy_proposals is
'Changes of flag_policies that one person proposed and no other has confirmed yet. proposed_by is '
'the pseudonym of the audit (private.actors).';

alter table private.peppers add column kept_until timestamptz;
comment on column private.peppers.kept_until is
'Until when a retired one is kept, so that who was known under it stays known; NULL: no longer.';

create table private.fingerprint_links (
    hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
    known_as text not null check (known_as ~ '^[0-9a-f]{64}$'),
    pepper_id bigint not null references private.peppers (id),
    created_at timestamptz not null
);
create index fingerprint_links_pepper_id_idx on private.fingerprint_links (pepper_id);
comment on table private.fingerprint_links is
'By which hash of an earlier pepper an address or a device is kept, that has another hash under '
'this pepper. No user id, and nothing that was not in an entry.';

alter table private.retention add column purge_at timestamptz not null default '-infinity';
comment on column private.retention.purge_at is 'When run_due looks for expired data again.';

drop function public.rotate_pepper(text);
drop function private.rotate_pepper(text);

alter table private.flag_policy_proposals enable row level security;
alter table private.fingerprint_links enable row level security;
create policy flag_policy_proposals_nobody on private.flag_policy_proposals for all to public
using (false) with check (false);
create policy fingerprint_links_nobody on private.fingerprint_links for all to public
using (false) with check (false);
revoke all on private.flag_policy_proposals, private.fingerprint_links
from public, anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance, pot_treasury;
