-- Pots that ended long ago leave the tables that are played in.
--
--   archived_pots ──> archive_months    which pots left, and by which month they are kept
--   archived_entries, archived_transfers, archived_ledger, archived_events, archived_levels
--                                       their rows as they were, a partition a month
--   carried_entries, carried_positions  what stays of a month that was detached: of each wallet
--                                       the sum of what left, of the outbox which positions
--   carried_counts                      what archived pots add to the metrics
--
-- The chain of a pot stays: its row `archived` has the hashes of what left. *_ever are the rows
-- that are played with and those of attached months; nobody who joins, locks or settles reads
-- them.

alter table private.retention
add column archive_days integer not null default 400
constraint retention_archive_days_check check (archive_days between 90 and 36500);
comment on column private.retention.archive_days is
'For how many days after its end a pot stays in the tables that are played in, at least '
'(set_archive_days); never less than the other settings say.';

alter table public.pots_audit drop constraint pots_audit_action_check;
alter table public.pots_audit add constraint pots_audit_action_check check (action in (
    'created', 'locked', 'attested', 'attest_rejected', 'claimed', 'revealed',
    'reveal_rejected', 'settled', 'cancelled', 'paused', 'resumed', 'voided', 'excluded',
    'flag_reviewed', 'payout_held', 'payout_released', 'archived', 'detached', 'attached'
));

-- What they name may leave, and only into the archive: a trigger looks when they are written.
alter table private.flags drop constraint flags_entry_id_fkey;
alter table private.exclusions drop constraint exclusions_entry_id_fkey;
alter table private.settlements drop constraint settlements_entry_id_fkey;
alter table private.settlements drop constraint settlements_transfer_id_fkey;
alter table private.payout_holds drop constraint payout_holds_transfer_id_fkey;

create table private.archive_months (
    month date primary key check (month = date_trunc('month', month::timestamp)::date),
    opened_at timestamptz not null,
    detached_at timestamptz,
    file_hash text check (file_hash ~ '^[0-9a-f]{64}$'),
    constraint archive_months_detached_check check (num_nulls(detached_at, file_hash) in (0, 2))
);
comment on table private.archive_months is
'Months of which pots were archived, by the first day (UTC). detached_at and file_hash (SHA-256 of '
'the signed file) are of a month whose rows are not in the database any more.';

create table private.archived_pots (
    pot_id uuid primary key references public.pots (id),
    month date not null references private.archive_months (month),
    export_id uuid not null,
    entries bigint not null check (entries >= 0),
    tickets bigint not null check (tickets >= 0),
    credits bigint not null check (credits >= 0),
    events bigint not null check (events >= 0),
    kept jsonb not null,
    archived_at timestamptz not null
);
create index archived_pots_month_idx on private.archived_pots (month, pot_id);
comment on table private.archived_pots is
'Pots whose rows were archived, append-only. The chain''s row `archived` says what left, by hash; '
'kept is what the proof tells of rows that may be detached: refunds, the release of a held payout.';

create table private.archived_entries (
    month date not null,
    like public.pot_entries,
    unique (id, month)
) partition by list (month);
create index archived_entries_pot_seq_idx on private.archived_entries (pot_id, seq desc);
create index archived_entries_user_idx
on private.archived_entries (user_id, created_at desc, id desc);
comment on table private.archived_entries is
'Entries of archived pots as they were, a partition a month.';

create table private.archived_transfers (
    month date not null,
    like private.transfers,
    unique (id, month)
) partition by list (month);
create index archived_transfers_entry_idx on private.archived_transfers (entry_id, kind);
create index archived_transfers_pot_idx on private.archived_transfers (pot_id);
comment on table private.archived_transfers is
'Transfers of archived pots as they were, a partition a month. Grants are of no pot, and stay.';

create table private.archived_ledger (
    month date not null,
    like private.ledger_entries,
    unique (transfer_id, account_id, month)
) partition by list (month);
create index archived_ledger_account_idx on private.archived_ledger (account_id, version);
comment on table private.archived_ledger is
'Both sides of archived transfers as they were, a partition a month.';

create table private.archived_events (
    month date not null,
    position bigint not null,
    like private.events,
    unique (id, month),
    unique (position, month)
) partition by list (month);
create index archived_events_pot_idx on private.archived_events (pot_id, id desc);
create index archived_events_actor_idx on private.archived_events (actor_id, id desc)
where kind not in ('pot_joined', 'pot_entry_cancelled');
create index archived_events_kind_idx on private.archived_events (kind, position);
comment on table private.archived_events is
'Events of archived pots as they were, with their positions, a partition a month; but those of '
'exports and of the archive itself, which stay.';

create table private.archived_levels (
    month date not null,
    like private.merkle_levels,
    unique (tree_id, level, month)
) partition by list (month);
comment on table private.archived_levels is
'The trees over the entries of archived pots as they were, a partition a month.';

create table private.carried_entries (
    account_id bigint not null references private.accounts (id),
    from_version bigint not null check (from_version >= 1),
    to_version bigint not null,
    amount bigint not null,
    balance_after bigint not null check (balance_after >= 0),
    until timestamptz not null,
    month date not null references private.archive_months (month),
    primary key (account_id, to_version),
    constraint carried_entries_range_check check (to_version >= from_version)
);
create index carried_entries_month_idx on private.carried_entries (month);
comment on table private.carried_entries is
'Carried forward: the sum of a wallet''s entries from_version to to_version, which left with a '
'detached month, and the balance after the last of them, made at `until`. Of one month they sum '
'to zero; the audit log has their hash.';

create table private.carried_positions (
    from_position bigint primary key,
    to_position bigint not null,
    month date not null references private.archive_months (month),
    constraint carried_positions_range_check check (to_position >= from_position)
);
create index carried_positions_month_idx on private.carried_positions (month);
comment on table private.carried_positions is
'Positions of the outbox whose events left with a detached month.';

create table private.carried_counts (
    metric text not null,
    label text not null,
    bucket timestamptz not null,
    amount bigint not null,
    primary key (metric, bucket, label)
);
comment on table private.carried_counts is
'What archived pots add to metric_counts of five minutes, players and returned left out: a '
'recount begins with it.';

create view private.detached_pots with (security_invoker = true) as
select a.pot_id, a.month
from private.archived_pots as a
inner join private.archive_months as m on a.month = m.month
where m.detached_at is not null;
comment on view private.detached_pots is
'Archived pots whose rows are in a file only: their month was detached.';

create view private.entries_ever with (security_invoker = true) as
select
    e.id, e.pot_id, e.user_id, e.seq, e.ticket_count, e.credits_spent, e.salt, e.entrant_tag,
    e.first_ticket, e.ip_hash, e.device_hash, e.stripe, e.created_at, e.cancelled_at, e.region,
    e.correlation_id, e.holder_rank
from public.pot_entries as e
union all
select
    a.id, a.pot_id, a.user_id, a.seq, a.ticket_count, a.credits_spent, a.salt, a.entrant_tag,
    a.first_ticket, a.ip_hash, a.device_hash, a.stripe, a.created_at, a.cancelled_at, a.region,
    a.correlation_id, a.holder_rank
from private.archived_entries as a;
comment on view private.entries_ever is 'Entries, archived ones of attached months included.';

create view private.transfers_ever with (security_invoker = true) as
select t.id, t.kind, t.pot_id, t.entry_id, t.amount, t.reason, t.actor_id, t.created_at
from private.transfers as t
union all
select a.id, a.kind, a.pot_id, a.entry_id, a.amount, a.reason, a.actor_id, a.created_at
from private.archived_transfers as a;
comment on view private.transfers_ever is 'Transfers, archived ones of attached months included.';

create view private.ledger_ever with (security_invoker = true) as
select l.transfer_id, l.account_id, l.amount, l.balance_after, l.version
from private.ledger_entries as l
union all
select a.transfer_id, a.account_id, a.amount, a.balance_after, a.version
from private.archived_ledger as a;
comment on view private.ledger_ever is 'Ledger entries, archived ones of attached months included.';

create view private.wallet_steps with (security_invoker = true) as
select
    l.account_id, l.version as from_version, l.version, l.amount, l.balance_after, l.transfer_id,
    null::timestamptz as until, null::date as month
from private.ledger_ever as l
where l.version is not null
union all
select
    c.account_id, c.from_version, c.to_version, c.amount, c.balance_after, null, c.until, c.month
from private.carried_entries as c;
comment on view private.wallet_steps is
'What moved a wallet, each step from from_version to version: an entry, or what was carried '
'forward of several, which has a month and no transfer.';

create view private.events_ever with (security_invoker = true) as
select
    e.id, e.kind, e.pot_id, e.actor_id, e.correlation_id, e.data, e.created_at, e.event_id,
    e.schema_version
from private.events as e
union all
select
    a.id, a.kind, a.pot_id, a.actor_id, a.correlation_id, a.data, a.created_at, a.event_id,
    a.schema_version
from private.archived_events as a;
comment on view private.events_ever is 'Events, archived ones of attached months included.';

create view private.positions_ever with (security_invoker = true) as
select p.position, p.id, p.kind
from private.event_positions as p
union all
select a.position, a.id, a.kind
from private.archived_events as a;
comment on view private.positions_ever is
'Positions of events, of archived ones in attached months too.';

create view private.levels_ever with (security_invoker = true) as
select m.tree_id, m.level, m.nodes
from private.merkle_levels as m
union all
select a.tree_id, a.level, a.nodes
from private.archived_levels as a;
comment on view private.levels_ever is 'Stored trees, archived ones of attached months included.';

create view private.told_events_ever with (security_invoker = true) as
select
    e.id, e.kind, e.event_id, e.schema_version, e.pot_id, e.actor_id, e.correlation_id,
    e.created_at, e.data, e.entry_id
from private.told_events as e
union all
select
    e.id, e.kind, e.event_id, e.schema_version, e.pot_id, e.actor_id, e.correlation_id,
    e.created_at,
    case
        when n.id is null then e.data
        else e.data || jsonb_build_object(
            'entry_id', n.id,
            'entrant', left(n.entrant_tag, 16),
            'ticket_count', n.ticket_count,
            'credits_spent', n.credits_spent,
            'entry_cost', p.entry_cost,
            'max_tickets', p.max_tickets
        )
    end,
    case
        when e.kind = 'pot_joined' then coalesce((e.data ->> 'entry_id')::uuid, e.event_id)
    end
from private.archived_events as e
left join private.archived_entries as n
    on e.month = n.month and e.event_id = n.id
    and e.kind = 'pot_joined' and not e.data ? 'entry_id'
left join public.pots as p on n.pot_id = p.id;
comment on view private.told_events_ever is
'Events as they are told (told_events), archived ones of attached months included.';

do $$
declare
    v_name text;
begin
    foreach v_name in array array[
        'archive_months', 'archived_pots', 'archived_entries', 'archived_transfers',
        'archived_ledger', 'archived_events', 'archived_levels', 'carried_entries',
        'carried_positions', 'carried_counts'
    ] loop
        execute format('alter table private.%I enable row level security', v_name);
        execute format(
            'create policy %1$s_nobody on private.%1$s for all to public '
            'using (false) with check (false)',
            v_name
        );
    end loop;
    foreach v_name in array array[
        'archive_months', 'archived_pots', 'archived_entries', 'archived_transfers',
        'archived_ledger', 'archived_events', 'archived_levels', 'carried_entries',
        'carried_positions', 'carried_counts', 'entries_ever', 'transfers_ever', 'ledger_ever',
        'wallet_steps', 'detached_pots', 'events_ever', 'positions_ever', 'levels_ever', 'told_events_ever'
    ] loop
        execute format(
            'revoke all on private.%I from public, anon, authenticated, service_role, '
            'pot_orchestrator, pot_settlement, pot_beacon, pot_compliance, pot_treasury, pot_events, '
            'pot_webhooks',
            v_name
        );
    end loop;
end $$;
