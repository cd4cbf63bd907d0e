-- account_age_hours: how old an account must be to join at all. new_account_hours: how long it is
-- new and has the limits of new accounts. auth.users says since when it is.

begin;
\ir ../support/helpers.sql
select plan(20);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('new', 1000);
select make_user('old', 1000);
update auth.users set created_at = '2030-01-01 11:00:00Z' where id = user_id('new');
update auth.users set created_at = '2029-01-01 11:00:00Z' where id = user_id('old');
select open_pot(
    'big',
    '{"max_tickets": 100, "max_per_user": 100, "entry_cost": 1, "fill_seconds": 600000}'
);
select ok(join_pot('new', 'big') ? 'entry_id', 'any age, by default');

select set_rail('global', null, 'account_age_hours', '2');
select turned_away(
    'new', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT403', 'account_blocked',
    '{"reason": "new_account", "until": "2030-01-01T13:00:00.000000Z"}',
    '{private.events}', 'one hour is not two'
);
select ok(join_pot('old', 'big') ? 'entry_id', 'a year is');
select freeze_time('2030-01-01 12:59:59.999999Z');
select is(join_pot('new', 'big') ->> 'message', 'account_blocked', 'not a microsecond before');
select freeze_time('2030-01-01 13:00:00Z');
select ok(join_pot('new', 'big') ? 'entry_id', 'at two hours');

select set_rail('global', null, 'new_account_tickets', '5');
select ok(join_pot('new', 'big', 10) ? 'entry_id', 'a limit of new accounts alone limits none');
select cancel_entry('new', 'big');
select set_rail('global', null, 'new_account_hours', '24');
select turned_away(
    'new', 'join_pot', on_pot('big', '{"ticket_count": 4}'), 'PT429', 'velocity_exceeded',
    '{"limit": "new_account_tickets", "left": 3}', '{private.events}', '2 held and 4 more'
);
select ok(join_pot('new', 'big', 3) ? 'entry_id', 'three more are five');
select is(
    join_pot('new', 'big') ->> 'details', '{"left": 0, "limit": "new_account_tickets"}', 'and full'
);
select cancel_entry('new', 'big');
select ok(join_pot('new', 'big', 3) ? 'entry_id', 'tickets that went back make room');
select ok(join_pot('old', 'big', 50) ? 'entry_id', 'an old account has no such limit');

select set_rail('global', null, 'new_account_tickets', null);
select set_rail('global', null, 'new_account_credits_per_day', '20');
select is(
    join_pot('new', 'big', 5) ->> 'details',
    '{"left": 2, "limit": "new_account_credits_per_day"}',
    'what it joined for in 24 hours, what went back too'
);
select ok(join_pot('new', 'big', 2) ? 'entry_id', 'and no more');
select make_user('spender', 3);
update auth.users set created_at = '2030-01-01 11:00:00Z' where id = user_id('spender');
select is(
    join_pot('spender', 'big', 3) -> 'balance', '0', 'within its limits it may spend all it has'
);
select freeze_time('2030-01-02 10:59:59.999999Z');
select is(join_pot('new', 'big') ->> 'message', 'velocity_exceeded', 'new until 24 hours old');
select freeze_time('2030-01-02 11:00:00Z');
select ok(join_pot('new', 'big', 20) ? 'entry_id', 'and then not');

select set_rail('global', null, 'account_age_hours', '87600');
select set_rail('user', user_id('new')::text, 'account_age_hours', '0');
select ok(join_pot('new', 'big') ? 'entry_id', 'compliance may trust one');
select is(join_pot('old', 'big') ->> 'message', 'account_blocked', 'and not another');

select * from finish();
rollback;
