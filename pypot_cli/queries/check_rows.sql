-- How many rows each table has that a check may name as `-- rows:`.
select 'public.pots' as name, count(*) as rows from public.pots
union all
select 'public.pot_entries', count(*) from public.pot_entries
union all
select 'public.pots_audit', count(*) from public.pots_audit
union all
select 'private.transfers', count(*) from private.transfers
union all
select 'private.ledger_entries', count(*) from private.ledger_entries
union all
select 'private.wallets', count(*) from private.wallets
union all
select 'private.accounts', count(*) from private.accounts
union all
select 'private.pot_stripes', count(*) from private.pot_stripes
union all
select 'private.commitments', count(*) from private.commitments
union all
select 'private.settlements', count(*) from private.settlements
union all
select 'private.log_leaves', count(*) from private.log_leaves
union all
select 'private.idempotency_keys', count(*) from private.idempotency_keys
union all
select 'private.flags', count(*) from private.flags
union all
select 'private.payout_holds', count(*) from private.payout_holds
union all
select 'private.exclusions', count(*) from private.exclusions
union all
select 'private.signing_keys', count(*) from private.signing_keys
union all
select 'private.webhook_deliveries', count(*) from private.webhook_deliveries
union all
select 'private.play_breaks', count(*) from private.play_breaks
union all
select 'private.peppers', count(*) from private.peppers
union all
select 'private.erasures', count(*) from private.erasures
union all
select 'private.events', count(*) from private.events
union all
select 'private.metric_counts', count(*) from private.metric_counts
