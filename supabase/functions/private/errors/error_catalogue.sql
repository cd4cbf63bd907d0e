-- The one list of errors. private.fail and private.refuse take their SQLSTATE from here, and their
-- HINT unless DETAIL names what has one of its own (private.error_hint); a test compares it with
-- docs/error-codes.md and with every token that a function raises.
create or replace function private.error_catalogue()
returns table (token text, sqlstate_code text, hint text)
language sql
immutable
parallel safe
set search_path = ''
as $$
    values
    ('login_required', 'PT401', 'Sign in and try again.'),
    ('insufficient_credits', 'PT402', 'Choose fewer tickets, or add credits to the wallet.'),
    ('not_allowed', 'PT403', 'Not for this account; DETAIL says why. Players need a permanent one.'),
    ('region_blocked', 'PT403', 'The game is not available where you are.'),
    ('account_blocked', 'PT403', 'This account is blocked. Contact support.'),
    ('pot_not_found', 'PT404', 'There is no such pot. Refresh the list.'),
    ('entry_not_found', 'PT404', 'You have no such entry. Refresh your entries.'),
    ('pot_not_open', 'PT409', 'This pot takes no more entries. Choose an open one.'),
    ('pot_paused', 'PT409', 'This pot is paused. Wait, or choose another.'),
    ('pot_full', 'PT409', 'Fewer tickets are left; DETAIL says how many.'),
    ('ticket_cap_exceeded', 'PT409', 'Above the cap a player; DETAIL says how many are left.'),
    ('idempotency_key_reused', 'PT409', 'Use a new idempotency key for a new request.'),
    ('not_ready_to_lock', 'PT409', 'The pot is neither full nor past its deadline. Wait.'),
    ('wrong_state', 'PT409', 'It is in another state; DETAIL says which. Read it again.'),
    ('commit_reused', 'PT409', 'Pot id or commit hash was used before. Mint a new one.'),
    ('invalid_argument', 'PT422', 'Correct the argument that DETAIL names.'),
    ('invalid_ticket_count', 'PT422', 'Ask for a whole number of tickets, at least 1.'),
    ('invalid_signature', 'PT422', 'Sign the documented message with a registered key.'),
    ('reveal_mismatch', 'PT422', 'The seed does not hash to the commitment. Check the pot.'),
    ('velocity_exceeded', 'PT429', 'Too many requests. Wait a moment and try again.'),
    ('busy', 'PT503', 'Nothing was changed. Try again in a moment.')
$$;

comment on function private.error_catalogue() is
'Every error a caller may see: its token (the MESSAGE), SQLSTATE (PTxyz: PostgREST answers HTTP '
'xyz) and HINT. Contract section 4; docs/error-codes.md explains each.';

revoke all on function private.error_catalogue()
from public, anon, authenticated, service_role;
