-- accounts_per_ip counts the players with live tickets from one address in one pot.

begin;
\ir ../support/helpers.sql
select plan(13);

select make_user(p.name, 1000) from unnest('{ann,bob,cyd,dan}'::text[]) as p (name);
-- Of this size a pot has a stripe for every backend, so that a join is decided there.
select open_pot(p.name, '{"max_tickets": 400, "max_per_user": 100}')
from unnest('{big,next}'::text[]) as p (name);
select headers('{"cf-connecting-ip": "203.0.113.7"}');
select ok(join_pot(p.name, 'big') ? 'entry_id', 'any number, by default: ' || p.name)
from unnest('{ann,bob}'::text[]) as p (name);

select set_rail('global', null, 'accounts_per_ip', '2');
select turned_away(
    'cyd', 'join_pot', on_pot('big', '{"ticket_count": 1}'),
    'PT429', 'velocity_exceeded', '{"limit": "accounts_per_ip", "left": 0}',
    '{private.events}', 'the third'
);
select ok(join_pot('bob', 'big') ? 'entry_id', 'who is one of them may buy more');
select ok(join_pot('cyd', 'next') ? 'entry_id', 'another pot counts by itself');
select headers('{"cf-connecting-ip": "203.0.113.8"}');
select ok(join_pot('dan', 'big') ? 'entry_id', 'and so does another address');
select headers('{}');
select ok(join_pot('cyd', 'big') ? 'entry_id', 'of no address there is nothing to count');
select headers('{"cf-connecting-ip": "203.0.113.7"}');
select is(
    join_pot('cyd', 'big') ->> 'message', 'velocity_exceeded',
    'being in the pot from elsewhere makes one no account of this address'
);
select cancel_entry('ann', 'big');
select ok(join_pot('cyd', 'big') ? 'entry_id', 'who left makes room');
select is(join_pot('ann', 'big') ->> 'message', 'velocity_exceeded', 'which is taken then');

select headers('{"cf-connecting-ip": "2001:db8:1:2::1"}');
select ok(join_pot('ann', 'next') ? 'entry_id', 'IPv6, the first of a network');
select set_rail('global', null, 'accounts_per_ip', '1');
select headers('{"cf-connecting-ip": "2001:DB8:1:2:ffff::2"}');
select is(join_pot('bob', 'next') ->> 'message', 'velocity_exceeded', 'a /64 is one address');

select * from finish();
rollback;
