-- Fraud flags: what detection found, what a policy makes of it, and what a reviewer decided.
--
--   flag_policies (kind, from which score: note, hold, refuse) ──> flags ──> pots, pot_entries
--
-- One flag a pot, player and kind: a later look that finds more raises the open flag's score.

create table private.flag_policies (
    kind text not null check (kind ~ '^[a-z][a-z_]{1,39}$'),
    min_score numeric(4, 3) not null check (min_score between 0 and 1),
    effect text not null check (effect in ('note', 'hold', 'refuse')),
    updated_at timestamptz not null,
    primary key (kind, effect)
);
comment on table private.flag_policies is
'From which score (0 to 1) on a flag of a kind is noted, holds a payout, or refuses a join; the '
'strongest effect whose min_score is reached counts. A kind without a row is noted.';

create table private.flags (
    flag_id uuid primary key default gen_random_uuid(),
    pot_id uuid not null references public.pots (id),
    entry_id uuid references public.pot_entries (id),
    user_id uuid not null,
    kind text not null check (kind ~ '^[a-z][a-z_]{1,39}$'),
    score numeric(4, 3) not null check (score between 0 and 1),
    evidence jsonb not null check (jsonb_typeof(evidence) = 'object'),
    phase text not null check (phase in ('join', 'lock', 'reveal')),
    effect text not null check (effect in ('note', 'hold', 'refuse')),
    status text not null default 'open'
    check (status in ('open', 'uphold_proposed', 'upheld', 'cleared')),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    proposed_by uuid,
    proposed_at timestamptz,
    reviewed_by uuid,
    reviewed_at timestamptz,
    reason text,
    constraint flags_pot_user_kind_key unique (pot_id, user_id, kind),
    constraint flags_reviewed_check check (
        (status in ('upheld', 'cleared')) = (reviewed_by is not null)
        and (reviewed_by is null) = (reviewed_at is null)
        and (proposed_by is null) = (proposed_at is null)
        and (status <> 'uphold_proposed' or proposed_by is not null)
        -- Four eyes: whoever proposed to uphold does not confirm it.
        and (status <> 'upheld' or proposed_by is not null and proposed_by <> reviewed_by)
    )
);
create index flags_entry_id_idx on private.flags (entry_id);
create index flags_newest_idx on private.flags (created_at desc, flag_id desc);
create index flags_user_id_idx on private.flags (user_id, created_at desc);
create index flags_status_newest_idx on private.flags (status, created_at desc, flag_id desc);
comment on table private.flags is
'Suspicions about a player in a pot, explainable: kind, score 0 to 1, evidence without raw '
'addresses or devices (PRD 4.2). effect is what the policy made of the score when it was last '
'raised; a flag never changes a draw.';
comment on column private.flags.proposed_by is
'Pseudonym (private.actors) of who proposed to uphold; a second person confirms.';
comment on column private.flags.reviewed_by is 'Pseudonym (private.actors) of who decided.';

alter table private.flag_policies enable row level security;
alter table private.flags enable row level security;
create policy flag_policies_nobody on private.flag_policies for all to public
using (false) with check (false);
create policy flags_nobody on private.flags for all to public
using (false) with check (false);
revoke all on private.flag_policies, private.flags
from public, anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance, pot_treasury;
