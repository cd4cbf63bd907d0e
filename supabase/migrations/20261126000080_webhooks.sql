-- Webhooks: who is told of which events, with which secrets, and how each delivery went.
--
--   events (the outbox) ──> deliveries (one an event and subscription) ──> an address outside
--                               │ n:1
--   webhook_subscriptions ──1:n── webhook_secrets (several sign while one takes another's place)
--
-- A delivery is pending until it is delivered or dead. Of the pending ones of a pot in a
-- subscription the first alone is due (next_attempt_at); the others wait for it, so that a pot's
-- events arrive in order.

do $$
begin
    if not exists (select from pg_catalog.pg_roles where rolname = 'pot_webhooks') then
        create role pot_webhooks nologin noinherit;
    end if;
    -- Not to service_role as the others: what claims deliveries reads the secrets that sign them.
    grant pot_webhooks to authenticator;
end $$;
alter role pot_webhooks set statement_timeout = '30s';
comment on role pot_webhooks is
'Community Pots: delivers webhooks, and reads the secrets that sign them.';
grant usage on schema private, public to pot_webhooks;

alter table private.settings
add column webhook_retry_for interval not null default '24 hours'
check (webhook_retry_for > '0'),
add column webhook_circuit_failures integer not null default 5
check (webhook_circuit_failures >= 1),
add column public_url text
check (public_url ~ '^https?://[^[:space:][:cntrl:]]{1,500}[^[:space:][:cntrl:]/]$');

create table private.webhook_subscriptions (
    webhook_id uuid primary key,
    url text not null check (url ~ '^https?://' and length(url) <= 2000),
    events text[] check (cardinality(events) >= 1),
    min_prize bigint check (min_prize between 1 and 9007199254740991),
    description text,
    active boolean not null default true,
    listens_since timestamptz not null,
    failures integer not null default 0 check (failures >= 0),
    failing_since timestamptz,
    retry_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint webhook_subscriptions_failing_check check (
        (failures = 0) = (failing_since is null) and (failures > 0 or retry_at is null)
    )
);
comment on table private.webhook_subscriptions is
'Addresses that are told of events: all kinds where events is NULL. Of pot_settled only those with '
'a prize of at least min_prize, if it is set. After settings.webhook_circuit_failures failures in '
'a row nothing is sent until retry_at, then one delivery alone as a probe.';
comment on column private.webhook_subscriptions.listens_since is
'Of events from then on it is told: since it was made, or last made active again.';
comment on column private.webhook_subscriptions.failures is
'Attempts that failed since the last one that did not.';

create table private.webhook_secrets (
    secret_id bigint generated always as identity primary key,
    webhook_id uuid not null references private.webhook_subscriptions (webhook_id),
    secret text check (secret ~ '^whsec_[A-Za-z0-9+/]{32,88}={0,2}$'),
    vault_id uuid,
    created_at timestamptz not null,
    retires_at timestamptz,
    constraint webhook_secrets_place_check check (num_nonnulls(secret, vault_id) = 1)
);
create index webhook_secrets_webhook_id_idx on private.webhook_secrets (webhook_id);
comment on table private.webhook_secrets is
'What signs the deliveries of a subscription (Standard Webhooks): all that have not retired. The '
'secret is in Supabase''s Vault (vault_id) where the database has it, else here.';

create table private.webhook_deliveries (
    delivery_id bigint generated always as identity primary key,
    webhook_id uuid not null references private.webhook_subscriptions (webhook_id),
    position bigint, -- noqa: RF04
    event_id uuid not null,
    kind text not null,
    pot_id uuid,
    status text not null default 'pending'
    check (status in ('pending', 'delivered', 'dead')),
    attempts integer not null default 0 check (attempts >= 0),
    next_attempt_at timestamptz,
    first_attempt_at timestamptz,
    last_attempt_at timestamptz,
    lease uuid,
    lease_until timestamptz,
    last_status integer check (last_status between 100 and 999),
    last_error text check (last_error in (
        'status', 'redirect', 'timeout', 'connection', 'tls', 'name', 'blocked', 'protocol',
        'endpoint_down'
    )),
    queued_at timestamptz not null,
    created_at timestamptz not null,
    ended_at timestamptz,
    constraint webhook_deliveries_event_key unique (webhook_id, event_id),
    constraint webhook_deliveries_ended_check check (
        (status = 'pending') = (ended_at is null)
        and (status = 'pending' or next_attempt_at is null and lease is null)
    ),
    constraint webhook_deliveries_lease_check check (
        (lease is null) = (lease_until is null) and (lease is null or next_attempt_at is not null)
    ),
    constraint webhook_deliveries_event_check check (
        (position is null) = (kind = 'webhook_test')
    )
);
create index webhook_deliveries_due_idx
on private.webhook_deliveries (webhook_id, next_attempt_at)
where next_attempt_at is not null;
create index webhook_deliveries_pending_idx
on private.webhook_deliveries (webhook_id, pot_id, position) where status = 'pending';
create index webhook_deliveries_leased_idx
on private.webhook_deliveries (webhook_id) where lease is not null;
create index webhook_deliveries_dead_idx
on private.webhook_deliveries (webhook_id, position) where status = 'dead';
create index webhook_deliveries_newest_idx
on private.webhook_deliveries (webhook_id, delivery_id desc);
comment on table private.webhook_deliveries is
'One event for one subscription: pending until it is delivered or dead. next_attempt_at is NULL '
'while it waits for an earlier event of its pot; a delivery that is being sent is leased until '
'then. position is NULL for a test.';
comment on column private.webhook_deliveries.queued_at is
'When it became pending: when it was made, or last replayed.';
comment on column private.webhook_deliveries.last_error is
'The class of what went wrong last; never what the receiver said.';

create type public.webhook as (
    webhook_id uuid,
    url text,
    events text [],
    min_prize bigint,
    description text,
    active boolean,
    circuit text,
    failures integer,
    retry_at text,
    pending bigint,
    dead bigint,
    secret_created_at text,
    old_secret_until text,
    created_at text
);
comment on type public.webhook is
'A row of list_webhooks. circuit: closed, open (nothing is sent until retry_at) or half_open (one '
'delivery alone is tried).';

create type public.webhook_delivery as (
    delivery_id bigint,
    webhook_id uuid,
    event_id uuid,
    position bigint, -- noqa: RF04
    kind text,
    pot_id uuid,
    status text,
    attempts integer,
    next_attempt_at text,
    last_attempt_at text,
    last_status integer,
    last_error text,
    created_at text,
    ended_at text
);
comment on type public.webhook_delivery is 'A row of list_webhook_deliveries.';

create type public.claimed_delivery as (
    delivery_id bigint,
    lease uuid,
    webhook_id uuid,
    event_id uuid,
    kind text,
    url text,
    body text,
    secrets text [],
    attempts integer
);
comment on type public.claimed_delivery is
'A row of claim_deliveries: what is to be sent, to be signed with each of the secrets.';

alter table private.webhook_subscriptions enable row level security;
alter table private.webhook_secrets enable row level security;
alter table private.webhook_deliveries enable row level security;
create policy webhook_subscriptions_nobody on private.webhook_subscriptions for all to public
using (false) with check (false);
create policy webhook_secrets_nobody on private.webhook_secrets for all to public
using (false) with check (false);
create policy webhook_deliveries_nobody on private.webhook_deliveries for all to public
using (false) with check (false);
revoke all on private.webhook_subscriptions, private.webhook_secrets, private.webhook_deliveries
from public, anon, authenticated, service_role, pot_webhooks,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance, pot_treasury;
revoke all on sequence
private.webhook_secrets_secret_id_seq, private.webhook_deliveries_delivery_id_seq
from public, anon, authenticated, service_role, pot_webhooks,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance, pot_treasury;

insert into private.event_consumers (consumer, position, updated_at)
values ('webhooks', 0, clock_timestamp());
