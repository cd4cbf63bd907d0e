-- Held payouts: where a prize waits while a flag on its winner is reviewed.
--
--   flags ──0:1── holding_flags (those that can hold, fixed at the reveal)
--   settlements ──0:1── payout_holds (the prize in the pot's hold account, and what became of it)
--   pot_entries ──0:1── exclusions (entries that compliance took out before the lock)
--
-- Credits go escrow -> hold at settlement (transfer `hold`) and from there, once, to the winner
-- (`release`) or to the other entrants (`return`, one an entry).

-- A join that is flagged holds the pot's gate, and a transition that holds the pot's row waits for
-- the gate: with this key, which locks the pot's row, the two would wait for each other. `pypot
-- check` proves the reference instead, as it does of ledger entries.
alter table private.flags drop constraint if exists flags_pot_id_fkey;

-- An account's owner is a player (wallet), a pot (escrow, hold) or the house (issuance).
alter table private.accounts
drop constraint accounts_kind_check,
drop constraint accounts_owner_check,
drop constraint accounts_pot_id_key,
add constraint accounts_kind_check check (kind in ('wallet', 'escrow', 'hold', 'issuance')),
add constraint accounts_owner_check check (
    (kind = 'wallet') = (user_id is not null)
    and (kind in ('escrow', 'hold')) = (pot_id is not null)
),
add constraint accounts_pot_id_kind_key unique (pot_id, kind);

alter table private.transfers
drop constraint transfers_kind_check,
drop constraint transfers_entry_check,
add constraint transfers_kind_check check (
    kind in ('grant', 'join', 'refund', 'payout', 'hold', 'release', 'return')
),
add constraint transfers_entry_check check (
    (kind in ('join', 'refund', 'return')) = (entry_id is not null)
);
-- A pot is paid out at most once, to its winner or into its hold account; a hold is released at
-- most once, and returned at most once an entry (transfers_once_idx).
drop index private.transfers_payout_idx;
create unique index transfers_payout_idx on private.transfers (pot_id)
where kind in ('payout', 'hold');
create unique index transfers_release_idx on private.transfers (pot_id) where kind = 'release';
create index transfers_from_hold_idx on private.transfers (pot_id)
where kind in ('release', 'return');
comment on table private.transfers is
'Every movement of credits, append-only: two ledger entries that sum to zero. An entry is paid '
'for once and refunded at most once; a pot is paid out at most once, to its winner or into its '
'hold account, and what is held goes to the winner or back to entrants, once.';

create table private.holding_flags (
    flag_id uuid primary key references private.flags (flag_id),
    pot_id uuid not null references public.pots (id),
    noted_at timestamptz not null
);
create index holding_flags_pot_id_idx on private.holding_flags (pot_id);
comment on table private.holding_flags is
'The flags that may hold a payout: those of a pot with a holding effect and not cleared when its '
'reveal was accepted. Written in that transaction, before the chain''s row, and never again: what '
'is found after anybody could know the winner holds nothing.';

create table private.payout_holds (
    pot_id uuid primary key references private.settlements (pot_id),
    account_id bigint not null unique references private.accounts (id),
    transfer_id bigint not null unique references private.transfers (id),
    credits bigint not null check (credits between 1 and 9007199254740991),
    held_at timestamptz not null,
    outcome text check (outcome in ('paid', 'returned')),
    released_at timestamptz,
    constraint payout_holds_released_check check ((outcome is null) = (released_at is null))
);
create index payout_holds_open_idx on private.payout_holds (held_at) where outcome is null;
create index payout_holds_released_idx on private.payout_holds (released_at desc)
include (held_at) where outcome is not null;
comment on table private.payout_holds is
'Prizes that went into their pot''s hold account because a flag of their winner could hold them. '
'outcome: NULL while it waits, paid to the winner when every such flag is cleared, returned to '
'the other entrants when one is upheld.';

create table private.exclusions (
    entry_id uuid primary key references public.pot_entries (id),
    pot_id uuid not null references public.pots (id),
    created_at timestamptz not null
);
create index exclusions_pot_id_idx on private.exclusions (pot_id);
comment on table private.exclusions is
'Entries that compliance took out of an open pot, fully refunded. Their players do not join that '
'pot again. Who did it and why is the pot''s chain row `excluded`.';

alter table private.settings
add column hold_review_alert_after interval not null default '72 hours'
check (hold_review_alert_after > '0');

do $$
declare
    v_table text;
begin
    foreach v_table in array array['holding_flags', 'payout_holds', 'exclusions'] loop
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
