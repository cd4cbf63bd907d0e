-- The address is the word of the operator's edge alone: one header that clients cannot set, or the
-- element of x-forwarded-for that the operator's own proxies wrote. Whatever else a client sends
-- makes it neither somebody else nor nobody.

begin;
\ir ../support/helpers.sql
select plan(30);

select make_user('ann', 1000);
select open_pot('big', '{"max_tickets": 100, "max_per_user": 100}');
select open_pot('looking glass', '{"max_tickets": 100, "max_per_user": 100}');

-- The hash of the address that a join is kept under, and one with these headers.
create function pg_temp.joined()
returns text
language plpgsql
as $$
declare
    v_entry_id uuid := (join_pot('ann', 'looking glass') ->> 'entry_id')::uuid;
    v_hash text;
begin
    select e.ip_hash into strict v_hash from public.pot_entries as e where e.id = v_entry_id;
    return v_hash;
end $$;
create function pg_temp.seen(p_headers jsonb)
returns text
language plpgsql
as $$
begin
    perform headers(p_headers);
    return pg_temp.joined();
end $$;
create function pg_temp.address(p_text text)
returns text
language sql
as $$
    select private.fingerprint('ip', p_text, private.pepper_secret(1))
$$;
create function pg_temp.trust(p_header text, p_hops integer)
returns void
language sql
as $$
    update private.settings set ip_header = p_header, trusted_hops = p_hops where only_row
$$;

-- By default cf-connecting-ip, which the edge overwrites.
select is(pg_temp.seen(h.headers), pg_temp.address('203.0.113.7'), 'edge: ' || h.headers::text)
from unnest(array[
    '{"cf-connecting-ip": "203.0.113.7"}',
    '{"cf-connecting-ip": "203.0.113.7", "x-forwarded-for": "198.51.100.1"}',
    '{"cf-connecting-ip": "203.0.113.7", "x-real-ip": "198.51.100.1", "forwarded": "for=9.9.9.9"}'
]::jsonb[]) as h (headers);
select is(pg_temp.seen(h.headers), null, 'nobody''s: ' || h.headers::text)
from unnest(array[
    '{}', '{"x-forwarded-for": "198.51.100.1"}', '{"x-real-ip": "198.51.100.1"}',
    '{"cf-connecting-ip": "203.0.113.7, 198.51.100.1"}', '{"cf-connecting-ip": null}',
    '{"cf-connecting-ip": ["203.0.113.7"]}', '{"cf-connecting-ip": 3405803783}'
]::jsonb[]) as h (headers);
select set_config('request.headers', '', true);
select is(pg_temp.joined(), null, 'no headers at all: a call of SQL');

-- x-forwarded-for is never read as a whole.
select pg_temp.trust('x-forwarded-for', null);
select is(pg_temp.seen('{"x-forwarded-for": "203.0.113.7"}'), null, 'not without a number of hops');
select pg_temp.trust('X-Forwarded-For', 0);
select is(pg_temp.seen('{"x-forwarded-for": "203.0.113.7"}'), null, 'nor with none');

-- With no proxies it is the edge's header again, also for a join of a batch that goes by itself: of
-- a player's two the second does.
select pg_temp.trust('cf-connecting-ip', 0);
select is(
    pg_temp.seen('{"cf-connecting-ip": "203.0.113.7", "x-forwarded-for": "198.51.100.1"}'),
    pg_temp.address('203.0.113.7'), 'no proxies: the edge''s header'
);
create temporary table batched on commit drop as
select rpc('service_role', 'join_pots', jsonb_build_object(
    'batch', jsonb_build_array(j.item, j.item)
)) -> 'results' as results
from (
    select on_pot('looking glass', jsonb_build_object(
        'user_id', user_id('ann'), 'ticket_count', 1, 'ip', '203.0.113.7'
    )) as item
) as j;
select is(
    array_agg(e.ip_hash), array_fill(pg_temp.address('203.0.113.7'), array[2]),
    'and both of a batch'
)
from batched as b
cross join jsonb_array_elements(b.results) as r (result)
inner join public.pot_entries as e on (r.result ->> 'entry_id')::uuid = e.id;

-- Two proxies: what they wrote is the last two; what is left of it the client wrote.
select pg_temp.trust('cf-connecting-ip', 2);
select is(pg_temp.seen(h.headers), pg_temp.address('203.0.113.7'), '2nd: ' || h.headers::text)
from unnest(array[
    '{"x-forwarded-for": "203.0.113.7, 10.0.0.1"}',
    '{"x-forwarded-for": "198.51.100.1, 203.0.113.7, 10.0.0.1"}',
    '{"x-forwarded-for": "unknown, , \"x\", 203.0.113.7,10.0.0.1"}',
    '{"x-forwarded-for": "203.0.113.7, 10.0.0.1", "cf-connecting-ip": "198.51.100.1"}'
]::jsonb[]) as h (headers);
select is(pg_temp.seen(h.headers), null, 'nobody''s: ' || h.headers::text)
from unnest(array[
    '{"x-forwarded-for": "203.0.113.7"}', '{"cf-connecting-ip": "203.0.113.7"}',
    '{"x-forwarded-for": "203.0.113.7:443, 10.0.0.1"}'
]::jsonb[]) as h (headers);

-- A header of the operator's own choice.
select pg_temp.trust('Fly-Client-IP', null);
select is(
    pg_temp.seen('{"fly-client-ip": "203.0.113.7", "cf-connecting-ip": "198.51.100.1"}'),
    pg_temp.address('203.0.113.7'), 'as the settings say, whatever the case'
);

-- And so a limit is not evaded by what a client adds.
select pg_temp.trust('cf-connecting-ip', 1);
select set_rail('global', null, 'accounts_per_ip', '1');
select make_user(format('sock %s', g.n), 100) from generate_series(1, 3) as g (n);
select headers('{"x-forwarded-for": "203.0.113.7"}');
select ok(join_pot('sock 1', 'big') ? 'entry_id', 'one account');
select headers('{"x-forwarded-for": "198.51.100.1, 203.0.113.7"}');
select is(join_pot('sock 2', 'big') ->> 'message', 'velocity_exceeded', 'is one, for all it adds');
select headers('{"x-forwarded-for": "203.0.113.7, 198.51.100.1"}');
select ok(
    join_pot('sock 3', 'big') ? 'entry_id', 'and naming an address takes nothing from who is there'
);

-- A device is bounded and has one writing; of a forged one nobody loses more than its company.
select is(
    private.normal_device(d.given), d.expected, format('device %s', left(d.given, 20))
)
from (values
    ('ABC-1', 'abc-1'), (e' abc\u200b-1\t', 'abc-1'), (repeat('x', 201), null), (e'\u200b ', null)
) as d (given, expected);

select * from finish();
rollback;
