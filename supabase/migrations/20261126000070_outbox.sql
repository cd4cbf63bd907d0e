-- The outbox: what leaves the database. An event is a row of private.events, written in the
-- transaction that causes it. Once that has committed, the sequencer gives it the next position;
-- consumers read in order of position and keep how far they have come (docs/events.md).
--
--   log_event ──> events ──(sequence_events)──> event_positions ──> read_events ──> consumers

-- Who forwards events: webhooks, analytics, alerts. Roles belong to the whole server, so a second
-- database on it finds them there already.
do $$
begin
    if not exists (select from pg_catalog.pg_roles where rolname = 'pot_events') then
        create role pot_events nologin noinherit;
    end if;
end $$;
grant pot_events to authenticator, service_role;
alter role pot_events set statement_timeout = '30s';
comment on role pot_events is 'Community Pots: reads events and forwards them.';
grant usage on schema private, public to pot_events;

alter table private.events
add column event_id uuid not null default gen_random_uuid(),
add column schema_version smallint not null default 1 check (schema_version >= 1);
comment on table private.events is
'The outbox: every transition and every act of a caller, written in the transaction that causes '
'it, and what becomes of it is decided by that one. data has the schema of its kind and '
'schema_version (docs/events.md): no personal data, no secret.';
comment on column private.events.id is
'Rises as it is taken, not as it commits: read in order of event_positions.position.';
comment on column private.events.event_id is 'The same wherever and however often it is delivered.';
comment on column private.events.actor_id is 'Pseudonym (private.actors) of who did it.';

-- Joins are most of all events and are looked up by position alone: they need no second index.
drop index private.events_kind_idx;
create index events_kind_idx on private.events (kind, created_at) where kind <> 'pot_joined';

create table private.event_positions (
    position bigint primary key check (position >= 1),
    id bigint not null unique,
    kind text not null
);
create index event_positions_kind_idx on private.event_positions (kind, position);
comment on table private.event_positions is
'The order in which events leave: 1, 2, 3, … as they were found committed, those of one pot in '
'the order in which they happened.';
comment on column private.event_positions.id is
'The event''s id. No foreign key: its check would write to every row of private.events.';

create table private.event_sequencer (
    only_row boolean primary key default true check (only_row),
    low_water bigint not null default 0 check (low_water >= 0),
    candidate_id bigint,
    candidate_xid xid8,
    constraint event_sequencer_candidate_check check (
        (candidate_id is null) = (candidate_xid is null) and candidate_id > low_water
    )
);
insert into private.event_sequencer default values;
comment on table private.event_sequencer is
'Up to which id every event has its position or will never commit: low_water. candidate_id '
'becomes it when every transaction older than candidate_xid has ended.';

create table private.event_consumers (
    consumer text primary key check (consumer ~ '^[a-z][a-z0-9_.:-]{0,62}$'),
    position bigint not null check (position >= 0),
    updated_at timestamptz not null
);
comment on table private.event_consumers is
'How far each consumer has come: every event up to this position is dealt with.';

create table private.player_handles (
    user_id uuid primary key,
    handle text not null check (handle ~ '^[A-Za-z][A-Za-z0-9_]{2,19}$'),
    skeleton text not null unique,
    updated_at timestamptz not null
);
comment on table private.player_handles is
'The name under which a player''s wins are shown, for those who chose one. Deleting the row takes '
'it back everywhere.';
comment on column private.player_handles.skeleton is
'The handle without what the eye does not tell apart: no two players have the same.';

create table private.live_drops (
    drop_id bigint generated always as identity primary key,
    pot_id uuid not null unique references public.pots (id),
    dropped_at timestamptz not null
);
comment on table private.live_drops is
'Pots whose prize reached its winner, each once; in order of appearance.';

-- --------------------------------------------------------------------------------------- row types

create type public.outbox_event as (
    position bigint,
    event_id uuid,
    kind text,
    schema_version smallint,
    pot_id uuid,
    actor uuid,
    correlation_id text,
    data jsonb,
    created_at text
);
comment on type public.outbox_event is
'An event as read_events gives it; data has the schema of its kind and schema_version '
'(docs/events.md), actor is a pseudonym.';

create type public.event_consumer as (
    consumer text,
    position bigint,
    waiting bigint,
    updated_at text
);
comment on type public.event_consumer is
'A consumer of events: up to which position it has dealt with them, and how many wait for it.';

create type public.live_drop as (
    drop_id bigint,
    pot_id uuid,
    handle text,
    prize bigint,
    entry_cost bigint,
    settled_at text,
    dropped_at text,
    proof text,
    version bigint
);
comment on type public.live_drop is
'A prize that reached its winner: the winner''s public handle, and the path of the API that gives '
'the settlement proof.';

alter table private.event_positions enable row level security;
alter table private.event_sequencer enable row level security;
alter table private.event_consumers enable row level security;
alter table private.player_handles enable row level security;
alter table private.live_drops enable row level security;
create policy event_positions_nobody on private.event_positions for all to public
using (false) with check (false);
create policy event_sequencer_nobody on private.event_sequencer for all to public
using (false) with check (false);
create policy event_consumers_nobody on private.event_consumers for all to public
using (false) with check (false);
create policy player_handles_nobody on private.player_handles for all to public
using (false) with check (false);
create policy live_drops_nobody on private.live_drops for all to public
using (false) with check (false);
revoke all on private.event_positions, private.event_sequencer, private.event_consumers,
private.player_handles, private.live_drops
from public, anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance, pot_treasury, pot_events;
revoke all on sequence private.live_drops_drop_id_seq
from public, anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance, pot_treasury, pot_events;
