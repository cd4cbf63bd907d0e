-- Metrics (PRD 8): what happened, counted by time, so that no question reads the entries.
--
--   event_positions ──(roll_up_metrics, in order of position)──> metric_counts ──> metric_*()

create table private.metric_counts (
    grain text not null check (grain in ('five_minutes', 'hour', 'day')),
    metric text not null check (metric ~ '^[a-z][a-z_]{1,39}$'),
    bucket timestamptz not null,
    label text not null,
    amount bigint not null check (amount >= 0),
    primary key (grain, metric, bucket, label)
) with (fillfactor = 70);
comment on table private.metric_counts is
'How often what happened in each five minutes, hour and day (UTC), or how much it came to: the sum '
'of private.metric_samples over every event up to metric_marks. Can be made again from the tables '
'(private.rebuild_metrics), to which it adds nothing.';

create table private.metric_marks (
    only_row boolean primary key default true check (only_row),
    position bigint not null default 0 check (position >= 0)
);
insert into private.metric_marks default values;
comment on table private.metric_marks is
'Up to which position of the outbox every event is in metric_counts.';

create table private.metric_players (
    user_id uuid primary key,
    first_pot uuid not null,
    first_at timestamptz not null,
    returned_at timestamptz
);
comment on table private.metric_players is
'Each player''s first join, and the first one of another pot: what tells a new player from one who '
'came back.';

create type private.metric_fact as (metric text, label text, at timestamptz, amount bigint);
comment on type private.metric_fact is 'Something to count: what, of which sort, when, how much.';

create index flags_reviewed_idx on private.flags (reviewed_at)
where reviewed_at is not null;

create type public.metric_fill_time as (
    bucket text,
    pots bigint,
    filled bigint,
    within_target bigint,
    share numeric,
    peak_pots bigint,
    peak_within_target bigint,
    peak_share numeric,
    median_seconds double precision,
    p90_seconds double precision,
    distribution jsonb
);
comment on type public.metric_fill_time is
'How fast the pots that closed in a bucket were filled. pots: closed for entries by a lock or for '
'lack of players; filled: every ticket sold; within_target: in 90 seconds or less from opening to '
'the last ticket, time paused left out; share: of pots; peak_*: of those that closed in one of the '
'six hours of the UTC day with the most joins; median and p90 of those filled, each the bound of '
'its class (NULL beyond an hour); distribution: [{le, pots}], le in seconds or null.';

create type public.metric_settle_time as (
    bucket text,
    settled bigint,
    within_two_minutes bigint,
    share numeric,
    median_seconds double precision,
    p99_seconds double precision,
    distribution jsonb
);
comment on type public.metric_settle_time is
'From lock to payout of the pots that settled in a bucket; as metric_fill_time.';

create type public.metric_churn as (
    bucket text,
    players bigint,
    returned_within_day bigint,
    returned_within_week bigint,
    returned bigint,
    churn numeric
);
comment on type public.metric_churn is
'Players whose first join was in a bucket, and how many of them joined a later pot within a day, a '
'week, ever until now; churn: the share that has not.';

create type public.metric_aborts as (
    bucket text,
    settled bigint,
    aborted bigint,
    voided bigint,
    reveal_overdue bigint,
    abort_rate numeric,
    voided_while_open bigint,
    lack_of_players bigint
);
comment on type public.metric_aborts is
'How the pots that ended in a bucket ended. aborted: cancelled after their lock; abort_rate: of '
'those that locked, as in fairness_stats.';

create type public.metric_payouts as (
    bucket text, settled bigint, correct bigint, wrong bigint, accuracy numeric
);
comment on type public.metric_payouts is
'Payouts of a bucket. correct: the prize is the price of every ticket, it left the escrow by one '
'transfer, and the escrow was empty afterwards. accuracy must be 1.';

create type public.metric_joins as (
    bucket text, joins bigint, tickets bigint, credits bigint, joins_per_second numeric
);
comment on type public.metric_joins is
'Joins of a bucket, also those cancelled later; joins_per_second on average over it.';

create type public.metric_refusals as (
    bucket text, event text, token text, refusals bigint
);
comment on type public.metric_refusals is
'Refusals that left a record, by event and token. What is raised leaves none.';

create type public.metric_flags as (
    bucket text, kind text, raised bigint, cleared bigint, upheld bigint
);
comment on type public.metric_flags is
'Fraud flags by kind: raised in the bucket, and decided in it either way.';

create type public.metric_sample as (
    metric text, labels jsonb, value double precision
);
comment on type public.metric_sample is
'One number of metric_snapshot: `pypot metrics` makes Prometheus'' text of it.';

alter table private.metric_counts enable row level security;
alter table private.metric_marks enable row level security;
alter table private.metric_players enable row level security;
create policy metric_counts_nobody on private.metric_counts for all to public
using (false) with check (false);
create policy metric_marks_nobody on private.metric_marks for all to public
using (false) with check (false);
create policy metric_players_nobody on private.metric_players for all to public
using (false) with check (false);
revoke all on private.metric_counts, private.metric_marks, private.metric_players
from public, anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance, pot_treasury;
