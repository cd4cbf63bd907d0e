-- The data model.
--
--   commitments ──> pots ──1:1── pot_states (what is not public of a pot)
--                    │ ├──1:n── pot_stripes (counters of sold tickets; their quotas add up to
-- max_tickets)
--                    │ ├──1:n── pot_entries (one a join, numbered at lock) ── merkle_levels (the
-- tree over them)
--                    │ ├──1:n── pots_audit (hash chain of everything that happened to the pot)
--                    │ ├──0:1── lock_attestations (orchestrator's signature over the lock)
--                    │ ├──0:1── beacons (draw 2: the round, and who attests it) ──> signing_keys
--                    │ └──0:1── settlements (winner and proof)
--   accounts ──1:n── ledger_entries ──n:1── transfers      double entry; a wallet is an account
-- with a running balance
--
-- Money is bigint credits. Hashes, keys and signatures are lower-case hex text. The row of a pot
-- is what is public of
-- it: commit_hash is NULL until lock, reveal_seed NULL until a valid reveal.

create type public.pot_status as enum ('open', 'locked', 'settling', 'settled', 'cancelled');
comment on type public.pot_status is
'Life of a pot: open -> locked -> settling -> settled; cancelled from open and, before a valid '
'reveal, from locked or settling (PRD 4.1).';

-- ------------------------------------------------------------------------------------------ beacon

create table private.beacon_chains (
    chain_hash text primary key,
    public_key text not null,
    scheme text not null,
    genesis_time bigint not null,
    period_seconds integer not null,
    created_at timestamptz not null,
    -- 64 zeros are what a lock without a beacon hashes.
    constraint beacon_chains_chain_hash_check check (
        chain_hash ~ '^[0-9a-f]{64}$' and chain_hash <> repeat('0', 64)
    ),
    -- A compressed point that is not the one at infinity begins with the bits 10.
    constraint beacon_chains_public_key_check check (public_key ~ '^[89ab][0-9a-f]{191}$'),
    constraint beacon_chains_scheme_check check (scheme = 'bls-unchained-g1-rfc9380'),
    constraint beacon_chains_genesis_time_check check (genesis_time between 1 and 4102444800),
    constraint beacon_chains_period_seconds_check check (period_seconds between 1 and 3600)
);
-- drand's quicknet, run by the League of Entropy (https://docs.drand.love, chain info of
-- https://api.drand.sh/52db9ba7…/info).
insert into private.beacon_chains (
    chain_hash, public_key, scheme, genesis_time, period_seconds, created_at
)
values (
    '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971',
    '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c'
    '8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb'
    '5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a',
    'bls-unchained-g1-rfc9380', 1692803367, 3, clock_timestamp()
);
comment on table private.beacon_chains is
'Public randomness that draw 2 may use: drand chains, whose rounds are BLS signatures that nobody '
'knows before their time. Append-only: pots name theirs by chain_hash. genesis_time is round 1 in '
'seconds since 1970; public_key is a compressed point of BLS12-381 G2, hex.';

-- -------------------------------------------------------------------------------------------- pots

create table public.pots (
    id uuid primary key,
    status public.pot_status not null default 'open',
    entry_cost bigint not null,
    max_tickets integer not null,
    max_per_user integer not null,
    draw_version integer not null,
    commit_tag text not null unique,
    commit_hash text unique,
    reveal_seed text,
    rules_text text not null,
    rules_hash text not null,
    paused_at timestamptz,
    pause_reason text,
    locks_at timestamptz not null,
    total_tickets bigint,
    entries_root text,
    lock_digest text unique,
    winner_user_id uuid,
    created_at timestamptz not null,
    locked_at timestamptz,
    settled_at timestamptz,
    cancelled_at timestamptz,
    constraint pots_entry_cost_check check (entry_cost between 1 and 9007199254740991),
    constraint pots_max_tickets_check check (max_tickets >= 1),
    constraint pots_max_per_user_check check (max_per_user between 1 and max_tickets),
    constraint pots_prize_check check (entry_cost::numeric * max_tickets <= 9007199254740991),
    constraint pots_draw_version_check check (draw_version in (1, 2)),
    constraint pots_commit_tag_check check (commit_tag ~ '^[0-9a-f]{64}$'),
    constraint pots_commit_hash_check check (commit_hash ~ '^[0-9a-f]{64}$'),
    constraint pots_reveal_seed_check check (reveal_seed ~ '^[0-9a-f]{64}$'),
    constraint pots_rules_hash_check check (rules_hash ~ '^[0-9a-f]{64}$'),
    constraint pots_entries_root_check check (entries_root ~ '^[0-9a-f]{64}$'),
    constraint pots_lock_digest_check check (lock_digest ~ '^[0-9a-f]{64}$'),
    constraint pots_total_tickets_check check (total_tickets between 1 and max_tickets),
    constraint pots_paused_check check (
        (paused_at is null) = (pause_reason is null) and (paused_at is null or status = 'open')
    ),
    constraint pots_lock_complete_check check (
        num_nulls(locked_at, commit_hash, total_tickets, entries_root, lock_digest) in (0, 5)
    ),
    constraint pots_locked_check check (
        case status
            when 'open' then locked_at is null
            when 'cancelled' then true
            else locked_at is not null
        end
    ),
    constraint pots_revealed_check check (
        case status
            when 'settled' then reveal_seed is not null
            -- Draw 2 waits for its beacon with the seed revealed; draw 1 has nothing to wait for.
            when 'settling' then reveal_seed is null or draw_version = 2
            else reveal_seed is null
        end
    ),
    constraint pots_settled_check check (
        (status = 'settled') = (settled_at is not null)
        and (status = 'settled') = (winner_user_id is not null)
    ),
    constraint pots_cancelled_check check ((status = 'cancelled') = (cancelled_at is not null))
);
create index pots_newest_idx on public.pots (created_at desc, id desc);
create index pots_status_newest_idx on public.pots (status, created_at desc, id desc);
create index pots_open_due_idx on public.pots (locks_at)
where status = 'open' and paused_at is null;
create index pots_unsettled_idx on public.pots (locked_at) where status in ('locked', 'settling');

comment on table public.pots is
'A pot, as the public may see it (PRD 4.1, contract section 2). Written by functions only; a '
'trigger allows the documented transitions and nothing else.';
comment on column public.pots.id is 'Chosen with the commitment, before the pot exists.';
comment on column public.pots.status is 'open, locked, settling, settled or cancelled.';
comment on column public.pots.entry_cost is 'Credits a ticket, 1 to 2^53-1.';
comment on column public.pots.max_tickets is
'Tickets in the pot; entry_cost * max_tickets is at most 2^53-1 credits.';
comment on column public.pots.max_per_user is 'Most tickets one player may hold alive in the pot.';
comment on column public.pots.draw_version is
'1: commit/reveal. 2: commit/reveal and a public beacon.';
comment on column public.pots.commit_tag is
'SHA-256(T("pots/commit-tag/v1") || id || commit_hash), hex: binds the seed from creation '
'(contract section 5).';
comment on column public.pots.commit_hash is 'SHA-256(reveal_seed), hex. NULL until lock.';
comment on column public.pots.reveal_seed is '32 bytes, hex. NULL until a valid reveal.';
comment on column public.pots.rules_text is
'The rules as RFC 8785 canonical JSON, exactly as hashed.';
comment on column public.pots.rules_hash is 'SHA-256(T("pots/rules/v1") || rules_text), hex.';
comment on column public.pots.paused_at is 'Since when entries are halted; NULL when they are not.';
comment on column public.pots.pause_reason is 'Shown to players: why entries are halted.';
comment on column public.pots.locks_at is
'The sole deadline of an open pot; moved on by the time spent paused.';
comment on column public.pots.total_tickets is 'Tickets sold, fixed at lock.';
comment on column public.pots.entries_root is
'Root hash of the Merkle sum tree over the entries, hex, from lock on.';
comment on column public.pots.lock_digest is
'What both signatures cover, hex, from lock on (contract section 5).';
comment on column public.pots.winner_user_id is
'Hidden from anon and authenticated; get_pot says whether it is you.';
comment on column public.pots.created_at is 'When the pot opened.';
comment on column public.pots.locked_at is 'When entries were frozen; part of lock_digest.';
comment on column public.pots.settled_at is 'When the winner was paid.';
comment on column public.pots.cancelled_at is 'When everyone was refunded.';

create table private.pot_templates (
    id bigint generated always as identity primary key,
    name text not null unique check (length(name) between 1 and 100),
    entry_cost bigint not null,
    max_tickets integer not null,
    max_per_user integer not null,
    min_participants integer not null,
    fill_seconds integer not null,
    draw_version integer not null,
    open_pots integer not null check (open_pots between 0 and 1000),
    created_at timestamptz not null,
    updated_at timestamptz not null
);
comment on table private.pot_templates is
'What rotate_pots keeps open: open_pots pots of each template.';

create table private.commitments (
    pot_id uuid primary key,
    commit_hash text not null unique check (commit_hash ~ '^[0-9a-f]{64}$'),
    position bigint generated always as identity unique,
    created_at timestamptz not null,
    used_at timestamptz
);
create index commitments_stock_idx on private.commitments (position) where used_at is null;
comment on table private.commitments is
'Commitments made before their pots: the settlement signer holds the seeds. A pot is opened on '
'the oldest unused one.';

-- An account's owner is a player (wallet), a pot (escrow) or the house (issuance, where credits
-- come from).
create table private.accounts (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('wallet', 'escrow', 'issuance')),
    user_id uuid unique,
    pot_id uuid unique references public.pots (id),
    created_at timestamptz not null,
    constraint accounts_owner_check check (
        (kind = 'wallet') = (user_id is not null) and (kind = 'escrow') = (pot_id is not null)
    )
);
create unique index accounts_issuance_idx on private.accounts (kind) where kind = 'issuance';
comment on table private.accounts is
'Ledger accounts. Only a wallet carries a running balance; an escrow''s balance is the sum of '
'its entries, so that no two joins of one pot wait for each other.';

create table private.pot_states (
    pot_id uuid primary key references public.pots (id),
    template_id bigint references private.pot_templates (id),
    escrow_account bigint not null references private.accounts (id),
    min_participants integer not null check (min_participants >= 1),
    fill_seconds integer not null check (fill_seconds >= 1),
    beacon_chain_hash text references private.beacon_chains (chain_hash),
    beacon_round bigint check (beacon_round > 0),
    beacon_at timestamptz,
    version bigint not null default 1,
    chain_seq bigint not null default 0,
    chain_hash text not null default repeat('0', 64) check (chain_hash ~ '^[0-9a-f]{64}$'),
    claimed_by text,
    lease_until timestamptz,
    cancel_reason text check (cancel_reason in ('lack_of_players', 'voided', 'reveal_overdue')),
    retry_at timestamptz,
    constraint pot_states_lease_check check ((claimed_by is null) = (lease_until is null)),
    constraint pot_states_beacon_check check (
        (beacon_round is null) = (beacon_at is null)
        and (beacon_round is null or beacon_chain_hash is not null)
    )
);
create index pot_states_escrow_account_idx on private.pot_states (escrow_account);
create index pot_states_template_id_idx on private.pot_states (template_id);
create index pot_states_beacon_chain_hash_idx on private.pot_states (beacon_chain_hash);
create index pot_states_aborted_idx on private.pot_states (cancel_reason)
where cancel_reason in ('voided', 'reveal_overdue');
comment on table private.pot_states is
'What is not public of a pot: its machine state, chain head and signer''s lease.';
comment on column private.pot_states.version is
'Raised by every transition; a pot''s public version is this plus the versions of its stripes, '
'so it only ever rises.';
comment on column private.pot_states.beacon_chain_hash is
'The chain that the rules of a pot with draw 2 name; NULL with draw 1.';
comment on column private.pot_states.beacon_round is
'The round that draw 2 waits for, fixed at lock.';
comment on column private.pot_states.beacon_at is
'When that round is given, by the chain''s genesis and period.';
comment on column private.pot_states.retry_at is
'run_due leaves a pot that failed alone until then.';

create table private.pot_stripes (
    pot_id uuid not null references public.pots (id),
    stripe smallint not null check (stripe >= 0),
    quota integer not null,
    sold integer not null default 0,
    participants integer not null default 0,
    version bigint not null default 0,
    primary key (pot_id, stripe),
    constraint pot_stripes_sold_check check (sold between 0 and quota)
) with (fillfactor = 50);
comment on table private.pot_stripes is
'The pot''s counter of sold tickets, split so that joins do not queue behind one row: the '
'quotas of a pot''s stripes add up to max_tickets, and a join takes its tickets from one '
'stripe.';
comment on column private.pot_stripes.participants is
'Players whose first live entry came through this stripe less those whose last one left '
'through it; only the sum over a pot means anything.';

create table public.pot_entries (
    id uuid primary key,
    pot_id uuid not null,
    user_id uuid not null,
    seq bigint generated always as identity,
    ticket_count integer not null check (ticket_count >= 1),
    credits_spent bigint not null check (credits_spent between 1 and 9007199254740991),
    salt text not null check (salt ~ '^[0-9a-f]{64}$'),
    entrant_tag text not null check (entrant_tag ~ '^[0-9a-f]{64}$'),
    first_ticket bigint check (first_ticket >= 0),
    ip_hash text check (ip_hash ~ '^[0-9a-f]{64}$'),
    device_hash text check (device_hash ~ '^[0-9a-f]{64}$'),
    stripe smallint not null,
    created_at timestamptz not null,
    cancelled_at timestamptz,
    constraint pot_entries_stripe_fkey foreign key (pot_id, stripe)
    references private.pot_stripes (pot_id, stripe),
    constraint pot_entries_cancelled_check check (cancelled_at is null or first_ticket is null)
);
create index pot_entries_pot_user_idx on public.pot_entries (pot_id, user_id);
create index pot_entries_pot_seq_idx on public.pot_entries (pot_id, seq desc);
create index pot_entries_user_newest_idx on public.pot_entries (user_id, created_at desc, id desc);
create unique index pot_entries_first_ticket_idx on public.pot_entries (pot_id, first_ticket)
where first_ticket is not null;
create index pot_entries_stripe_idx on public.pot_entries (pot_id, stripe);

comment on table public.pot_entries is
'One row a join (PRD 4.2). Immutable but for cancelled_at while the pot is open and '
'first_ticket at lock. The foreign key goes to the stripe, which the join has locked anyway: '
'one to pots would make every join of a pot write the same row.';
comment on column public.pot_entries.id is 'The entry.';
comment on column public.pot_entries.pot_id is 'The pot it is in.';
comment on column public.pot_entries.user_id is 'Who bought it.';
comment on column public.pot_entries.seq is 'Order of the tickets at lock; gaps are normal.';
comment on column public.pot_entries.ticket_count is 'Tickets bought, at least 1.';
comment on column public.pot_entries.credits_spent is 'ticket_count * entry_cost, in credits.';
comment on column public.pot_entries.salt is
'32 random bytes, hex: opens entrant_tag, known to the buyer only.';
comment on column public.pot_entries.entrant_tag is
'HMAC-SHA-256(salt, pot_id || user_id), hex: the public name of this entry.';
comment on column public.pot_entries.first_ticket is
'Index of its first ticket, from 0. NULL until lock.';
comment on column public.pot_entries.ip_hash is
'Keyed hash of the caller''s address; never shown to players.';
comment on column public.pot_entries.device_hash is
'Keyed hash of the caller''s device id; never shown to players.';
comment on column public.pot_entries.stripe is 'The counter its tickets were taken from.';
comment on column public.pot_entries.created_at is 'When it was bought.';
comment on column public.pot_entries.cancelled_at is
'When its owner took it back, fully refunded; NULL when alive.';

-- ------------------------------------------------------------------------------------------- audit

create table private.actors (
    actor_id uuid primary key,
    subject text unique,
    created_at timestamptz not null
);
comment on table private.actors is
'Who is behind a pseudonym in an audit row. Setting subject to NULL forgets the person; the '
'chain stays verifiable.';

create table public.pots_audit (
    id bigint generated always as identity primary key,
    pot_id uuid not null references public.pots (id),
    seq bigint not null check (seq >= 1),
    action text not null check (action in (
        'created', 'locked', 'attested', 'attest_rejected', 'claimed', 'revealed',
        'reveal_rejected', 'settled', 'cancelled', 'paused', 'resumed', 'voided', 'excluded',
        'flag_reviewed', 'payout_held', 'payout_released'
    )),
    actor_id uuid not null,
    reason text,
    metadata jsonb not null,
    created_at timestamptz not null,
    payload text not null,
    payload_hash text not null check (payload_hash ~ '^[0-9a-f]{64}$'),
    prev_hash text not null check (prev_hash ~ '^[0-9a-f]{64}$'),
    row_hash text not null unique check (row_hash ~ '^[0-9a-f]{64}$'),
    constraint pots_audit_pot_seq_key unique (pot_id, seq)
);
comment on table public.pots_audit is
'Append-only hash chain of each pot (PRD 5, contract section 5). Readable by compliance; '
'players read get_audit_chain, which withholds the payload of moderation actions.';
comment on column public.pots_audit.id is 'Order of appending over all pots; gaps are normal.';
comment on column public.pots_audit.pot_id is 'The pot whose chain this is.';
comment on column public.pots_audit.seq is '1, 2, 3, … within the pot, without gaps.';
comment on column public.pots_audit.action is 'What happened (contract section 5).';
comment on column public.pots_audit.actor_id is 'Random pseudonym of who did it.';
comment on column public.pots_audit.reason is 'Why, where a person gave a reason.';
comment on column public.pots_audit.metadata is
'What the action did; the result a repeated call is answered with.';
comment on column public.pots_audit.created_at is 'When; part of row_hash.';
comment on column public.pots_audit.payload is
'Canonical JSON of action, actor, reason, metadata and nonce, as hashed.';
comment on column public.pots_audit.payload_hash is 'SHA-256(payload), hex.';
comment on column public.pots_audit.prev_hash is
'row_hash of the row before; 64 zeros for the first.';
comment on column public.pots_audit.row_hash is
'SHA-256(T("pots/audit/v1") || pot_id || u64 seq || prev_hash || created_at || payload_hash), hex.';

-- ------------------------------------------------------------------------------------------ ledger

create table private.wallets (
    user_id uuid primary key,
    account_id bigint not null unique references private.accounts (id),
    balance bigint not null default 0,
    version bigint not null default 0 check (version >= 0),
    -- No upper bound, or a prize that lifts a wallet above it could never be paid.
    constraint wallets_balance_check check (balance >= 0)
) with (fillfactor = 70);
comment on table private.wallets is
'Running balance of a player''s account. A trigger refuses any change that ledger entries do '
'not explain.';

create table private.transfers (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('grant', 'join', 'refund', 'payout')),
    pot_id uuid,
    entry_id uuid,
    amount bigint not null check (amount between 1 and 9007199254740991),
    reason text,
    actor_id uuid,
    created_at timestamptz not null,
    constraint transfers_pot_check check ((kind = 'grant') = (pot_id is null)),
    constraint transfers_entry_check check ((kind in ('join', 'refund')) = (entry_id is not null))
);
create unique index transfers_once_idx on private.transfers (entry_id, kind)
where entry_id is not null;
create unique index transfers_payout_idx on private.transfers (pot_id) where kind = 'payout';
comment on table private.transfers is
'Every movement of credits, append-only: two ledger entries that sum to zero. An entry is paid '
'for once and refunded at most once; a pot is paid out at most once.';

create table private.ledger_entries (
    transfer_id bigint not null references private.transfers (id),
    account_id bigint not null,
    amount bigint not null check (amount <> 0),
    balance_after bigint check (balance_after >= 0),
    version bigint,
    primary key (transfer_id, account_id),
    constraint ledger_entries_account_version_key unique (account_id, version),
    constraint ledger_entries_wallet_check check ((balance_after is null) = (version is null))
);
comment on table private.ledger_entries is
'One side of a transfer: credits added to (positive) or taken from (negative) an account. A '
'wallet''s entries carry its balance and version afterwards; others have neither. No foreign '
'key to accounts: it would have every join of a pot write to the row of its escrow account; '
'`pypot check` proves the reference instead.';

create table private.idempotency_keys (
    operation text not null,
    key text not null,
    subject text not null,
    request jsonb not null,
    response jsonb not null,
    created_at timestamptz not null,
    primary key (operation, key)
);
insert into private.accounts (kind, created_at) values ('issuance', clock_timestamp());

comment on table private.idempotency_keys is
'The first answer given to an idempotency key, for the same caller and the same arguments only.';

-- -------------------------------------------------------------------------------------- signatures

create table private.signing_keys (
    kid text primary key check (kid ~ '^[0-9a-f]{16}$'),
    purpose text not null check (purpose in ('orchestrator', 'settlement', 'beacon')),
    public_key text not null check (public_key ~ '^[0-9a-f]{64}$'),
    valid_from timestamptz not null,
    revoked_at timestamptz,
    revoke_reason text,
    unique (purpose, public_key)
);
comment on table private.signing_keys is
'Ed25519 public keys (RFC 8032) that may sign. A revoked key verifies what it signed before, '
'nothing new.';

create table private.lock_attestations (
    pot_id uuid primary key references public.pots (id),
    kid text not null references private.signing_keys (kid),
    signature text not null check (signature ~ '^[0-9a-f]{128}$'),
    created_at timestamptz not null
);
create index lock_attestations_kid_idx on private.lock_attestations (kid);
comment on table private.lock_attestations is
'The orchestrator''s signature over T("pots/orchestrator/v1") || lock_digest.';

create table private.beacons (
    pot_id uuid primary key references public.pots (id),
    -- A compressed point that is not the one at infinity begins with the bits 10.
    signature text not null check (signature ~ '^[89ab][0-9a-f]{95}$'),
    kid text not null references private.signing_keys (kid),
    attestation text not null check (attestation ~ '^[0-9a-f]{128}$'),
    created_at timestamptz not null
);
create index beacons_kid_idx on private.beacons (kid);
comment on table private.beacons is
'The round that finished a pot with draw 2: its BLS signature, and the Ed25519 signature over '
'T("pots/beacon/v1") || lock_digest || signature of whoever verified it outside. A pot has one, '
'after its reveal only.';

create table private.settlements (
    pot_id uuid primary key references public.pots (id),
    entry_id uuid not null unique references public.pot_entries (id),
    transfer_id bigint not null unique references private.transfers (id),
    winning_ticket bigint not null check (winning_ticket >= 0),
    prize bigint not null check (prize >= 1),
    proof jsonb not null,
    created_at timestamptz not null,
    -- What follows a trigger measures: fairness_stats counts from it.
    draw_version integer not null,
    total_tickets bigint not null check (total_tickets >= 1),
    reveal_micros bigint not null check (reveal_micros >= 0),
    beacon_micros bigint check (beacon_micros >= 0),
    winner_rank bigint not null,
    winner_share double precision not null check (winner_share > 0 and winner_share <= 1),
    expected_share double precision not null check (expected_share > 0),
    constraint settlements_winner_rank_check check (
        winner_rank >= 0 and winner_rank < total_tickets
    )
);
create index settlements_newest_idx on private.settlements (draw_version, created_at desc)
include (reveal_micros, beacon_micros, total_tickets, winner_rank, winner_share, expected_share);
comment on table private.settlements is
'Winner, payout and settlement proof of a settled pot (contract section 6).';
comment on column private.settlements.reveal_micros is
'Microseconds from lock to the valid reveal.';
comment on column private.settlements.beacon_micros is
'Microseconds from the beacon round''s time to the payout; NULL with draw 1.';
comment on column private.settlements.winner_rank is
'Rank, from 0, of the winning ticket among the pot''s tickets in order of how many their holder '
'has, holders of as many by their first ticket: uniform in a fair draw.';
comment on column private.settlements.winner_share is
'Tickets of the winner over total_tickets.';
comment on column private.settlements.expected_share is
'What winner_share is on average in a fair draw of this pot: the sum of the squared shares.';

create table private.merkle_levels (
    tree_id uuid not null,
    level smallint not null check (level >= 0),
    nodes bytea not null,
    primary key (tree_id, level)
);
alter table private.merkle_levels alter column nodes set storage external;
comment on table private.merkle_levels is
'Merkle sum trees, a row a level: nodes of 40 bytes (u64 sum || SHA-256) one after another, '
'level 0 the leaves. Stored uncompressed so that a path reads slices, not levels.';

-- ------------------------------------------------------------------------------------- audit log

-- Every row of every chain is a leaf of one append-only log (RFC 6962) whose checkpoints are signed
-- and kept outside, so that not even the owner of this database rewrites it quietly.

create table private.log_pending (
    audit_id bigint primary key references public.pots_audit (id)
);
comment on table private.log_pending is
'Audit rows that are committed, or about to be, and not yet leaves of the log.';

create table private.log_leaves (
    leaf_index bigint primary key check (leaf_index >= 0),
    audit_id bigint not null unique references public.pots_audit (id),
    row_hash text not null check (row_hash ~ '^[0-9a-f]{64}$')
);
comment on table private.log_leaves is
'The log: audit rows in order of commit, numbered 0, 1, 2, … without gaps.';

create table private.log_nodes (
    level smallint not null check (level between 0 and 62),
    idx bigint not null check (idx >= 0),
    hash bytea not null check (octet_length(hash) = 32),
    primary key (level, idx)
);
comment on table private.log_nodes is
'Hashes of the log''s perfect subtrees (RFC 6962, 2.1): node idx of a level is over the 2^level '
'leaves from idx * 2^level on. Enough for any root or proof in O(log n).';

create table private.log_checkpoints (
    size bigint primary key check (size >= 1),
    text text not null,
    created_at timestamptz not null
);
comment on table private.log_checkpoints is
'The log''s checkpoints that were signed, by size in leaves; text is what the signatures cover.';

create table private.log_signatures (
    size bigint not null references private.log_checkpoints (size),
    name text not null,
    key_id text not null check (key_id ~ '^[0-9a-f]{8}$'),
    place bigint generated always as identity,
    value text not null,
    is_cosignature boolean not null,
    created_at timestamptz not null,
    primary key (size, name, key_id)
);
create index log_signatures_cosigned_idx on private.log_signatures (size) where is_cosignature;
comment on table private.log_signatures is
'Signature lines of checkpoints: the log''s and those of witnesses, the first of each key. value '
'is base64 of 4 bytes key id and the signature, as the line has it.';

-- -------------------------------------------------------------------------------------- operations

create table private.settings (
    only_row boolean primary key default true check (only_row),
    reveal_timeout interval not null default '10 minutes' check (reveal_timeout > '0'),
    claim_lease interval not null default '1 minute' check (claim_lease > '0'),
    settlement_alert_after interval not null default '2 minutes'
    check (settlement_alert_after > '0'),
    lobby_interval interval not null default '250 milliseconds' check (lobby_interval > '0'),
    low_stock integer not null default 10 check (low_stock >= 0),
    ip_header text not null default 'cf-connecting-ip',
    region_header text not null default 'cf-ipcountry',
    blocked_regions text[] not null default '{}'
    check (array_to_string(blocked_regions, ',') ~ '^([A-Z]{2}(,[A-Z]{2})*)?$'),
    max_joins_per_minute integer check (max_joins_per_minute > 0),
    beacon_chain_hash text references private.beacon_chains (chain_hash),
    log_origin text not null
    default 'community-pots/' || encode(extensions.gen_random_bytes(8), 'hex')
    check (log_origin ~ '^[^[:space:][:cntrl:]+]{1,200}$'),
    fingerprint_pepper bytea not null default extensions.gen_random_bytes(32)
);
create index settings_beacon_chain_hash_idx on private.settings (beacon_chain_hash);
insert into private.settings (beacon_chain_hash)
select c.chain_hash from private.beacon_chains as c;
comment on table private.settings is
'The operator''s settings, one row. Guard rails are off until set: blocked_regions (ISO 3166 '
'codes) and max_joins_per_minute (a player, NULL = no limit).';

create table private.lobby_pulses (
    pot_id uuid primary key references public.pots (id),
    sent_at timestamptz not null,
    sent_version bigint not null
) with (fillfactor = 50);
comment on table private.lobby_pulses is
'When the lobby last heard of a pot: at most one `updated` a lobby_interval, sent by whoever '
'gets this row without waiting.';

create table private.events (
    id bigint generated always as identity primary key,
    kind text not null,
    pot_id uuid,
    actor_id uuid,
    correlation_id text,
    data jsonb not null,
    created_at timestamptz not null
);
create index events_kind_idx on private.events (kind, created_at);
comment on table private.events is
'Structured events that are not a pot''s transitions: refused joins, key and template changes.';

create table private.alerts (
    id bigint generated always as identity primary key,
    kind text not null,
    pot_id uuid,
    detail jsonb not null,
    occurrences bigint not null default 1,
    opened_at timestamptz not null,
    last_at timestamptz not null,
    closed_at timestamptz
);
create unique index alerts_open_idx on private.alerts (kind, pot_id) nulls not distinct
where closed_at is null;
comment on table private.alerts is
'What an operator must look at (PRD 8); one open row a kind and pot.';

-- --------------------------------------------------------------------------------------- row types

create type public.pot_summary as (
    id uuid,
    status public.pot_status,
    paused boolean,
    entry_cost bigint,
    max_tickets integer,
    max_per_user integer,
    tickets_sold bigint,
    credits_committed bigint,
    participant_count bigint,
    fill_percent numeric,
    draw_version integer,
    commit_tag text,
    commit_hash text,
    version bigint,
    created_at text,
    locks_at text,
    locked_at text,
    settled_at text
);
comment on type public.pot_summary is
'PotSummary (PRD 5). Times are RFC 3339 UTC text with six fraction digits, whatever the '
'session''s time zone; fill_percent is 0 to 100 with two decimals.';

create type public.lock_entry as (first_ticket bigint, ticket_count integer, entrant_tag text);
comment on type public.lock_entry is
'What recomputing entries_root needs of one entry, and no user id.';

create type public.audit_chain_row as (
    seq bigint,
    action text,
    created_at text,
    payload text,
    payload_hash text,
    prev_hash text,
    row_hash text
);
comment on type public.audit_chain_row is
'One link of a pot''s chain; payload is NULL for moderation actions, whose hash still links.';

create type public.beacon_chain as (
    chain_hash text,
    public_key text,
    scheme text,
    genesis_time bigint,
    period_seconds integer,
    in_use boolean
);
comment on type public.beacon_chain is
'A drand chain: all that computing and verifying its rounds takes, and whether new pots use it.';

create type public.awaited_beacon as (
    pot_id uuid,
    chain_hash text,
    round bigint,
    round_time text,
    lock_digest text
);
comment on type public.awaited_beacon is
'A revealed pot that waits for its beacon: which round of which chain, when it is given, and the '
'lock_digest that an attestation covers.';

create type public.player_entry as (
    entry_id uuid,
    pot_id uuid,
    pot_status public.pot_status,
    ticket_count integer,
    credits_spent bigint,
    entrant text,
    first_ticket bigint,
    created_at text,
    cancelled_at text
);
comment on type public.player_entry is
'One of the caller''s own entries, as my_entries lists them.';

create type public.log_leaf as (leaf_index bigint, pot_id uuid, seq bigint, row_hash text);
comment on type public.log_leaf is
'A leaf of the audit log: which row of which chain it is, and the hash that is its data.';

-- The API's readers never see a table without row security, whatever its grants become.
alter table public.pots enable row level security;
alter table public.pot_entries enable row level security;
alter table public.pots_audit enable row level security;
alter table private.pot_templates enable row level security;
alter table private.commitments enable row level security;
alter table private.accounts enable row level security;
alter table private.pot_states enable row level security;
alter table private.pot_stripes enable row level security;
alter table private.actors enable row level security;
alter table private.wallets enable row level security;
alter table private.transfers enable row level security;
alter table private.ledger_entries enable row level security;
alter table private.idempotency_keys enable row level security;
alter table private.beacon_chains enable row level security;
alter table private.signing_keys enable row level security;
alter table private.lock_attestations enable row level security;
alter table private.beacons enable row level security;
alter table private.settlements enable row level security;
alter table private.merkle_levels enable row level security;
alter table private.settings enable row level security;
alter table private.lobby_pulses enable row level security;
alter table private.events enable row level security;
alter table private.alerts enable row level security;
alter table private.log_pending enable row level security;
alter table private.log_leaves enable row level security;
alter table private.log_nodes enable row level security;
alter table private.log_checkpoints enable row level security;
alter table private.log_signatures enable row level security;
