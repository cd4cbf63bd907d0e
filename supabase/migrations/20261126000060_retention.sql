-- What is kept of people, for how long, and who was forgotten.
--
--   retention (one row)          for how long; how far purge_expired has come
--   retention_waiting            ended pots that were due while somebody still reviewed them
--   erasures ──> exclusion_marks a person was forgotten; a self-exclusion that must outlive that
--   exports                      who took a pot's full record out

create table private.retention (
    only_row boolean primary key default true check (only_row),
    network_days integer not null default 90 check (network_days between 1 and 3650),
    key_days integer not null default 30 check (key_days between 1 and 3650),
    evidence_days integer not null default 365 check (evidence_days between 1 and 3650),
    -- A secret: whoever has it can test whether an address they know is in exclusion_marks.
    mark_secret bytea not null default extensions.gen_random_bytes(32)
    check (octet_length(mark_secret) = 32)
);
insert into private.retention default values;
comment on table private.retention is
'For how many days personal data are kept (set_retention): after the end of a pot, where its '
'entries came from (network_days) and the evidence of its decided flags (evidence_days); after a '
'join, the idempotency key of it (key_days).';

create table private.retention_progress (
    what text primary key check (what in ('keys', 'network', 'evidence')),
    ended_at timestamptz not null,
    pot_id uuid not null
);
insert into private.retention_progress (what, ended_at, pot_id)
values
('keys', '-infinity', '00000000-0000-0000-0000-000000000000'),
('network', '-infinity', '00000000-0000-0000-0000-000000000000'),
('evidence', '-infinity', '00000000-0000-0000-0000-000000000000');
comment on table private.retention_progress is
'How far purge_expired has come: the last pot, in order of its end, or for keys until when they '
'were made.';

create table private.retention_waiting (
    what text not null references private.retention_progress (what),
    pot_id uuid not null references public.pots (id),
    primary key (what, pot_id)
);
create index retention_waiting_pot_id_idx on private.retention_waiting (pot_id);
comment on table private.retention_waiting is
'Pots that purge_expired passed by because a flag or a held payout of theirs was under review: it '
'comes back to them.';

create table private.erasures (
    user_id uuid primary key,
    requested_at timestamptz,
    erased_at timestamptz,
    erased_by uuid,
    reason text,
    result jsonb,
    constraint erasures_state_check check (
        coalesce(requested_at, erased_at) is not null
        and num_nulls(erased_at, erased_by, reason, result) in (0, 4)
    )
);
create index erasures_waiting_idx on private.erasures (requested_at, user_id)
where erased_at is null;
comment on table private.erasures is
'Players who asked to be forgotten, and those who were. user_id stays: it is the pseudonym that '
'ledger, entries and chains carry, and leads to nobody once auth.users has no row of it.';
comment on column private.erasures.erased_by is 'Pseudonym (private.actors) of who did it.';

create table private.exclusion_marks (
    mark text primary key check (mark ~ '^[0-9a-f]{64}$'),
    ends_at timestamptz not null
);
comment on table private.exclusion_marks is
'Self-exclusions of players who were forgotten since: a keyed hash of the e-mail address or phone '
'number that they had, so that a new account of the same does not play before the end either.';

create table private.exports (
    export_id uuid primary key,
    pot_id uuid not null references public.pots (id),
    identified boolean not null,
    reason text not null,
    exported_by uuid not null,
    tree_size bigint,
    created_at timestamptz not null
);
create index exports_pot_id_idx on private.exports (pot_id);
comment on table private.exports is
'Full records of pots that compliance took out (export_pot), append-only: who, why, and whether '
'with user ids. exported_by is a pseudonym (private.actors).';

-- In order of their end, which is the order in which pots fall due.
create index pots_ended_idx on public.pots ((coalesce(settled_at, cancelled_at)), id)
where status in ('settled', 'cancelled');
-- Keys are appended in order of time: a few pages of index however many there are.
create index idempotency_keys_created_at_idx on private.idempotency_keys using brin (created_at);
-- What somebody did but for joins, which their entries tell.
create index events_actor_idx on private.events (actor_id, id desc)
where kind not in ('pot_joined', 'pot_entry_cancelled');

create type public.erasure_case as (
    user_id uuid,
    requested_at text,
    erased_at text,
    obstacle jsonb
);
comment on type public.erasure_case is
'A player who asked to be forgotten, or was: `obstacle` says what stands in the way, NULL when '
'nothing does.';

do $$
declare
    v_table text;
begin
    foreach v_table in array array[
        'retention', 'retention_progress', 'retention_waiting', 'erasures', 'exclusion_marks',
        'exports'
    ] loop
        execute format('alter table private.%I enable row level security', v_table);
        execute format(
            'create policy %1$s_nobody on private.%1$s for all to public '
            'using (false) with check (false)',
            v_table
        );
        execute format(
            'revoke all on private.%I from public, anon, authenticated, service_role, '
            'pot_orchestrator, pot_settlement, pot_beacon, pot_compliance, pot_treasury',
            v_table
        );
    end loop;
end $$;
