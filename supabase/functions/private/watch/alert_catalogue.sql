-- The one list of alerts (PRD 8); docs/operations.md has a runbook entry for each, and a test keeps
-- this list, that page and every function that raises one in step.
create or replace function private.alert_catalogue()
returns table (kind text, severity text, about text)
language sql
immutable
parallel safe
set search_path = ''
as $$
    values
    ('settlement_late', 'page', 'A pot is locked for longer than settlement_alert_after.'),
    ('beacon_late', 'page', 'A revealed pot waits for its beacon.'),
    ('pot_stuck', 'page', 'A pot can be neither locked nor refunded.'),
    ('attest_rejected', 'page', 'A lock was signed by no registered key.'),
    ('reveal_rejected', 'page', 'A seed differs from its commitment, or is badly signed.'),
    (
        'seed_spent', 'page',
        'A pot was open whose seed had been revealed: the database has lost commits.'
    ),
    ('beacon_rejected', 'ticket', 'A beacon was attested by no registered key.'),
    ('escrow_not_zero', 'page', 'A pot has ended and its escrow holds credits, or owes some.'),
    ('chain_broken', 'page', 'A pot''s audit chain cannot be recomputed.'),
    ('low_stock', 'page', 'Few commitments are left for pots to come.'),
    ('no_beacon_chain', 'ticket', 'A template with draw 2 waits for a beacon chain.'),
    ('duplicate_addresses', 'ticket', 'Too many players of a pot share an address.'),
    ('duplicate_devices', 'ticket', 'Too many players of a pot share a device.'),
    ('scan_failed', 'ticket', 'A pot could not be scanned for fraud; its lock or claim went on.'),
    ('held_payout_overdue', 'ticket', 'A held payout waits for its review for too long.'),
    ('delivery_dead', 'ticket', 'A webhook was given up on.'),
    ('erasure_requested', 'ticket', 'Players asked to be forgotten.')
$$;

comment on function private.alert_catalogue() is
'Every kind of alert: whether it is worth waking somebody (page) or can wait for the day '
'(ticket), and what it says.';

revoke all on function private.alert_catalogue()
from public, anon, authenticated, service_role;
