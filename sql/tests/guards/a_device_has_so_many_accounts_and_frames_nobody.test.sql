-- accounts_per_device counts as accounts_per_ip does. But a device is what a client says it is, so
-- whoever was there first with it is never refused for it: others who send it take no place of
-- theirs.

begin;
\ir ../support/helpers.sql
select plan(12);

select make_user(p.name, 1000) from unnest('{ann,bob,eve,fay,gus}'::text[]) as p (name);
-- Of this size a pot has a stripe for every backend, so that a join is decided there.
select open_pot(p.name, '{"max_tickets": 400, "max_per_user": 100}')
from unnest('{big,next,last}'::text[]) as p (name);
select set_rail('global', null, 'accounts_per_device', '2');

select headers('{"x-device-id": "Ann''s-phone"}');
select ok(join_pot('ann', 'big') ? 'entry_id', 'the first of a device');
select ok(join_pot('bob', 'big') ? 'entry_id', 'the second');
select turned_away(
    'eve', 'join_pot', on_pot('big', '{"ticket_count": 1}'),
    'PT429', 'velocity_exceeded', '{"limit": "accounts_per_device", "left": 0}',
    '{private.events}', 'the third'
);
select headers('{"x-device-id": " ANN''S-PHONE "}');
select is(join_pot('eve', 'big') ->> 'message', 'velocity_exceeded', 'written otherwise too');
select ok(join_pot('bob', 'big') ? 'entry_id', 'who is one of them may buy more');

select ok(join_pot(p.name, 'next') ? 'entry_id', p.name || ' sends it in another pot')
from unnest('{eve,fay}'::text[]) as p (name);
select is(join_pot('gus', 'next') ->> 'message', 'velocity_exceeded', 'that is all');
select ok(
    join_pot('ann', 'next') ? 'entry_id', 'but not for ann, whose device it was before anybody''s'
);
select is(join_pot('bob', 'next') ->> 'message', 'velocity_exceeded', 'bob was not the first');
select headers('{}');
select ok(
    join_pot('gus', 'next') ? 'entry_id', 'of no device there is nothing to count'
);

select * from finish();
rollback;
