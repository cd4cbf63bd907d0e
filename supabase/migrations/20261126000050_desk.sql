-- The compliance desk: what it lists, and the indexes that its views of a pot need.

create type public.case_summary as (
    pot_id uuid,
    status public.pot_status,
    paused boolean,
    needs text [],
    open_flags bigint,
    holding_flags bigint,
    max_score numeric,
    alerts text [],
    tickets_sold bigint,
    credits_committed bigint,
    participant_count bigint,
    created_at text,
    locks_at text,
    locked_at text
);
comment on type public.case_summary is
'A pot that needs somebody to look: `needs` says why (flags, alerts, hold, paused), with its open '
'flags, how many of them hold a payout, and the kinds of its open alerts.';

-- A pot's events but for those that its entries tell already, so that a join writes no more.
create index events_case_idx on private.events (pot_id, id desc)
where pot_id is not null and kind not in ('pot_joined', 'pot_entry_cancelled');
create index alerts_pot_id_idx on private.alerts (pot_id, id desc);
create index pots_paused_idx on public.pots (created_at desc, id desc) where paused_at is not null;
