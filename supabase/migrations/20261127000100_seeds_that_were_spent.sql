-- A pot that ends because its seed was shown before the database was restored.
alter table private.pot_states
drop constraint pot_states_cancel_reason_check,
add constraint pot_states_cancel_reason_check check (
    cancel_reason in ('lack_of_players', 'voided', 'reveal_overdue', 'seed_spent')
);

drop index private.pot_states_aborted_idx;
create index pot_states_aborted_idx on private.pot_states (cancel_reason)
where cancel_reason in ('voided', 'reveal_overdue', 'seed_spent');

alter type public.metric_aborts add attribute seed_spent bigint;
