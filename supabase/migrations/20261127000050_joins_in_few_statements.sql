-- What a join reads is read in few statements, and what it writes is written once.

create type private.player as (
    user_id uuid,
    problem text,
    is_staff boolean,
    actor_id uuid,
    signed_up_at timestamptz
);
comment on type private.player is
'The caller as a player: why they may not act as one (problem, NULL when they may), whether they '
'work for the operator, their pseudonym in the records (NULL before the first one) and since when '
'the account exists.';

-- The trigger on ledger_entries looks for the transfer now, once a statement.
alter table private.ledger_entries drop constraint ledger_entries_transfer_id_fkey;
comment on table private.ledger_entries is
'One side of a transfer: credits added to (positive) or taken from (negative) an account. A '
'wallet''s entries carry its balance and version afterwards; others have neither. No foreign '
'keys: one to accounts would have every join of a pot write to the row of its escrow account, and '
'that to transfers is a trigger''s, which looks once a statement. `pypot check` proves both.';

-- The event of a join says what its entry does not; before this migration it said all.
create view private.told_events
with (security_invoker = true)
as
select
    e.id,
    e.kind,
    e.event_id,
    e.schema_version,
    e.pot_id,
    e.actor_id,
    e.correlation_id,
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
    end as data,
    case
        when e.kind = 'pot_joined' then coalesce((e.data ->> 'entry_id')::uuid, e.event_id)
    end as entry_id
from private.events as e
left join public.pot_entries as n
    on e.event_id = n.id and e.kind = 'pot_joined' and not e.data ? 'entry_id'
left join public.pots as p on n.pot_id = p.id;
comment on view private.told_events is
'Events as they are told. That of a join has the id of its entry and keeps only what the entry '
'does not say; the rest is read from the entry and the rules of its pot, which never change.';
comment on column private.told_events.entry_id is 'Of a join: its entry.';
revoke all on private.told_events
from public, anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance, pot_treasury, pot_events;

-- ----------------------------------------------------------------------------------------- batches

create type private.batch_join as (
    place integer,
    user_id uuid,
    ticket_count integer,
    key text,
    ip text,
    device text,
    region text,
    correlation_id text
);
comment on type private.batch_join is 'One join of a batch, as it was asked for.';

create type private.pot_counts as (tickets_sold bigint, participants bigint, version bigint);
comment on type private.pot_counts is 'What a pot''s stripes say after a join.';

create type private.plain_join as (
    place integer,
    user_id uuid,
    ticket_count integer,
    key text,
    cost bigint,
    ip_hash text,
    device_hash text,
    region text,
    correlation_id text,
    entry_id uuid,
    salt bytea,
    tag text,
    account_id bigint,
    balance bigint,
    wallet_version bigint,
    actor_id uuid,
    is_first boolean,
    counts private.pot_counts
);
comment on type private.plain_join is
'One join of a batch that nothing speaks against, as it will be written: its entry, the wallet and '
'the pot after it.';

-- Changed signatures.
drop function private.guard_join(
    public.pots, bigint, uuid, integer, private.request_context
);
drop function private.guard_velocity(uuid, jsonb, bigint, timestamptz);
