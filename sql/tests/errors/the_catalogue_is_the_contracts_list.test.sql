-- Contract, section 4: these tokens with these statuses, and a hint for a person with each.

begin;
\ir ../support/helpers.sql
select plan(22);

select is(
    (
        select string_agg(c.sqlstate_code || ' ' || c.token, ' ' order by c.sqlstate_code, c.token)
        from private.error_catalogue() as c
    ),
    'PT401 login_required '
    'PT402 insufficient_credits '
    'PT403 account_blocked PT403 not_allowed PT403 region_blocked '
    'PT404 entry_not_found PT404 pot_not_found '
    'PT409 commit_reused PT409 idempotency_key_reused PT409 not_ready_to_lock PT409 pot_full '
    'PT409 pot_not_open PT409 pot_paused PT409 ticket_cap_exceeded PT409 wrong_state '
    'PT422 invalid_argument PT422 invalid_signature PT422 invalid_ticket_count '
    'PT422 reveal_mismatch '
    'PT429 velocity_exceeded '
    'PT503 busy',
    'the list'
);
select ok(c.hint ~ '^[A-Z].*\.$', c.token || ' has a sentence') from private.error_catalogue() as c;

select * from finish();
rollback;
