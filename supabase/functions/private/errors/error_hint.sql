-- What a person can do about a limit depends on which one it is: what is above that of a day is so
-- in a minute still. A list beside the catalogue, because a token's meaning is one.
create or replace function private.error_hint(p_token text, p_detail jsonb)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
    select h.hint
    from (
        values
        (
            'velocity_exceeded', 'limit', 'joins_per_minute',
            'Too many joins in a minute. Wait a minute and try again.'
        ),
        (
            'velocity_exceeded', 'limit', 'credits_per_minute',
            'Too many credits in a minute. Choose fewer tickets, or wait a minute and try again.'
        ),
        (
            'velocity_exceeded', 'limit', 'joins_per_day',
            'Too many joins in 24 hours. Try again when the oldest of them is 24 hours ago.'
        ),
        (
            'velocity_exceeded', 'limit', 'credits_per_day',
            'Too many credits in 24 hours. Choose fewer tickets, or try again tomorrow.'
        ),
        (
            'velocity_exceeded', 'limit', 'new_account_tickets',
            'More tickets of a pot than a new account may have. Choose fewer; DETAIL says how many '
            'are left.'
        ),
        (
            'velocity_exceeded', 'limit', 'new_account_credits_per_day',
            'More credits in 24 hours than a new account may spend. Choose fewer tickets, or try '
            'again tomorrow.'
        ),
        (
            'velocity_exceeded', 'limit', 'accounts_per_ip',
            'Too many accounts are in this pot from this network. Choose another pot, or ask '
            'support.'
        ),
        (
            'velocity_exceeded', 'limit', 'accounts_per_device',
            'Too many accounts are in this pot from this device. Choose another pot, or ask '
            'support.'
        ),
        (
            'velocity_exceeded', 'limit', 'play_day',
            'Above your own limit for 24 hours. Choose fewer tickets, or try again tomorrow.'
        ),
        (
            'velocity_exceeded', 'limit', 'play_week',
            'Above your own limit for 7 days. DETAIL says how many credits are left of it.'
        ),
        (
            'velocity_exceeded', 'limit', 'play_month',
            'Above your own limit for 30 days. DETAIL says how many credits are left of it.'
        ),
        (
            'account_blocked', 'reason', 'excluded',
            'You were taken out of this pot. Choose another, or ask support why.'
        ),
        (
            'account_blocked', 'reason', 'cool_off',
            'You are on a break that you began; it cannot be ended sooner. DETAIL says until when.'
        ),
        (
            'account_blocked', 'reason', 'self_excluded',
            'You excluded yourself; it cannot be ended sooner. DETAIL says until when.'
        ),
        (
            'account_blocked', 'reason', 'new_account',
            'This account is too new to join. DETAIL says from when on it may.'
        )
    ) as h (token, field, value, hint)
    where h.token = p_token and p_detail ->> h.field = h.value
$$;

comment on function private.error_hint(text, jsonb) is
'The HINT of an error whose DETAIL names a limit or a reason that has one of its own; else NULL, '
'and that of private.error_catalogue holds. docs/error-codes.md has them all.';

revoke all on function private.error_hint(text, jsonb)
from public, anon, authenticated, service_role;
