-- For the days of an overlap the old pepper is kept: whoever comes then to a pot of the new one is
-- kept by the hash of before. Nobody else is, and after it the old one is destroyed.

begin;
\ir ../support/helpers.sql
select plan(26);

create function pg_temp.came(p_player text, p_pot text, p_phone text)
returns text
language plpgsql
as $$
begin
    perform headers(jsonb_build_object(
        'cf-connecting-ip', '203.0.113.' || length(p_phone), 'x-device-id', p_phone
    ));
    return join_pot(p_player, p_pot) ->> 'entry_id';
end $$;
create function pg_temp.known(p_player text, p_pot text)
returns text
language sql
as $$
    select e.ip_hash || e.device_hash
    from public.pot_entries as e
    where e.user_id = user_id(p_player) and e.pot_id = pot_id(p_pot)
$$;
create function pg_temp.rotate(p_days integer)
returns jsonb
language sql
as $$
    select rpc('pot_compliance:carol', 'rotate_pepper', jsonb_build_object(
        'reason', 'each quarter', 'overlap_days', p_days
    ))
$$;

alter table private.peppers alter column id restart with 2;
select freeze_time('2030-01-01 12:00:00Z');
select make_user(n.name, 1000) from unnest('{ann,ben,cid,dan,eve}'::text[]) as n (name);
select open_pot('old', '{"fill_seconds": 600}');
select pg_temp.came('ann', 'old', 'a') is null;
select pass_time('1 minute');
select is(
    rpc('pot_compliance:carol', 'rotate_pepper', '{"reason": "each quarter"}'),
    '{"pepper_id": 2, "retired": 1, "destroyed": []}', 'rotated'
);
select is(
    (select p.kept_until from private.peppers as p where p.id = 1),
    '2030-01-31 12:01:00+00'::timestamptz, 'the old one is kept for 30 days'
);
select open_pot('new', '{"max_tickets": 100, "max_per_user": 10}');
select pg_temp.came('ann', 'new', 'a') is null;
select pg_temp.came('ben', 'new', 'a') is null;
select pg_temp.came('cid', 'new', 'cc') is null;
select is(pg_temp.known('ann', 'new'), pg_temp.known('ann', 'old'), 'who was there is known again');
select is(pg_temp.known('ben', 'new'), pg_temp.known('ann', 'old'), 'also with another account');
select isnt(pg_temp.known('cid', 'new'), pg_temp.known('ann', 'old'), 'a stranger is a stranger');
select is(
    (select count(*) from private.fingerprint_links), 2::bigint,
    'an address and a device are linked, whoever came from them'
);

-- Who comes to a pot of the old one first is not known by that: it would split the new one in two.
select pg_temp.came('dan', 'old', 'ddd') is null;
select pg_temp.came('dan', 'new', 'ddd') is null;
-- Also in the moment of the rotation.
select is(
    (select max(e.created_at) from public.pot_entries as e where e.pot_id = pot_id('old')),
    (select p.retired_at from private.peppers as p where p.id = 1), 'who comes as it is rotated'
);
select is(
    (
        select count(*)
        from public.pot_entries as n
        inner join public.pot_entries as o on n.user_id = o.user_id
        where n.user_id = user_id('dan')
            and n.pot_id = pot_id('new')
            and o.pot_id = pot_id('old')
            and (n.ip_hash = o.ip_hash or n.device_hash = o.device_hash)
    ),
    0::bigint, 'is known by neither: known is who came before'
);
select pass_time('10 minutes');
select lock('old');

-- From one rotation to the next.
select pass_time('10 days');
select is(
    pg_temp.rotate(5), '{"pepper_id": 3, "retired": 2, "destroyed": []}',
    'a second rotation, in the overlap'
);
select is(
    (select array_agg(p.kept_until order by p.id) from private.peppers as p where p.id < 3),
    '{2030-01-16 12:11:00+00,2030-01-16 12:11:00+00}'::timestamptz[],
    'keeps none for longer than the one it retires'
);
select open_pot('third', '{"max_tickets": 100, "max_per_user": 10, "fill_seconds": 86400}');
select pg_temp.came('ann', 'third', 'a') is null;
select pg_temp.came('cid', 'third', 'cc') is null;
select is(pg_temp.known('ann', 'third'), pg_temp.known('ann', 'old'), 'known over both');
select is(pg_temp.known('cid', 'third'), pg_temp.known('cid', 'new'), 'and over one');

-- In a batch, as one by one.
select open_pot('batch', '{"max_tickets": 100, "max_per_user": 10}');
select is(
    rpc('service_role', 'join_pots', jsonb_build_object('batch', jsonb_build_array(
        on_pot('batch', jsonb_build_object(
            'user_id', user_id('ann'), 'ticket_count', 1, 'ip', '203.0.113.1', 'device', 'a'
        )),
        on_pot('batch', jsonb_build_object(
            'user_id', user_id('eve'), 'ticket_count', 1, 'ip', '203.0.113.9', 'device', 'eee'
        ))
    ))) -> 'joined', '2', 'two join in a batch'
);
select is(
    pg_temp.known('ann', 'batch'), pg_temp.known('ann', 'old'), 'who was there is known in it'
);

-- After the overlap.
select lock('new');
select pass_time('6 days');
select is(
    (select array_agg(p.destroyed_at is null order by p.id) from private.peppers as p),
    '{t,t,t}', 'kept until somebody looks'
);
select rpc('pot_orchestrator', 'run_due') is null
from generate_series(1, 20);
select is(
    (
        select jsonb_agg(jsonb_build_array(p.secret is null, p.destroyed_at is null) order by p.id)
        from private.peppers as p
    ),
    '[[true, false], [true, false], [false, true]]', 'then the old ones are destroyed'
);
select is(
    (select array_agg(distinct l.pepper_id) from private.fingerprint_links as l), '{3}',
    'with the links under them'
);
select open_pot('fourth', '{"max_tickets": 100, "max_per_user": 10}');
select pg_temp.came('ann', 'fourth', 'a') is null;
select is(
    pg_temp.known('ann', 'fourth'), pg_temp.known('ann', 'old'),
    'who came in time is known ever after'
);
select pg_temp.came('dan', 'fourth', 'ddd') is null;
select ok(
    pg_temp.known('dan', 'fourth') <> pg_temp.known('dan', 'old')
    and pg_temp.known('dan', 'fourth') <> pg_temp.known('dan', 'new'),
    'who did not is a stranger'
);

-- After a leak.
select is(
    pg_temp.rotate(0) -> 'pepper_id', '4', 'a rotation without an overlap'
);
select open_pot('fifth', '{"max_tickets": 100, "max_per_user": 10}');
select pg_temp.came('ann', 'fifth', 'a') is null;
select isnt(
    pg_temp.known('ann', 'fifth'), pg_temp.known('ann', 'old'), 'makes strangers of everybody'
);

-- When nothing is kept by a hash any more, no link leads to it.
update private.fingerprint_links set known_as = repeat('0', 64) where true;
select freeze_time(max(l.created_at) + interval '90 days' - interval '1 microsecond')
from private.fingerprint_links as l;
select private.purge_expired(1000);
select ok(
    exists (select from private.fingerprint_links), 'a link is kept as long as an address is'
);
select pass_time('1 microsecond');
select is(
    (select count(*) from (select private.purge_expired(1000)) as p), 1::bigint, 'purged'
);
select is(
    (select count(*) from private.fingerprint_links), 0::bigint,
    'a link whose hash no entry has is forgotten'
);

select refused(
    'pot_compliance:carol', 'rotate_pepper', '{"reason": "x", "overlap_days": 91}', 'PT422',
    'invalid_argument', '{"argument": "overlap_days", "expected": "0 to 90"}', 'too long an overlap'
);

select * from finish();
rollback;
