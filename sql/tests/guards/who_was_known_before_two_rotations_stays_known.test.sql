-- Two rotations within one overlap leave two old peppers. Whoever came under the older one and not
-- since is known by it, until its own overlap is over.

begin;
\ir ../support/helpers.sql
select plan(10);

create function pg_temp.came(p_player text, p_pot text)
returns text
language plpgsql
as $$
begin
    perform make_user(p_player, 1000)
    where not exists (select from auth.users as u where u.id = user_id(p_player));
    perform headers(jsonb_build_object(
        'cf-connecting-ip', '203.0.113.' || ascii(p_player), 'x-device-id', 'phone of ' || p_player
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
returns bigint
language sql
as $$
    select (rpc('pot_compliance:carol', 'rotate_pepper', jsonb_build_object(
        'reason', 'each quarter', 'overlap_days', p_days
    )) -> 'pepper_id')::bigint
$$;

alter table private.peppers alter column id restart with 2;
select freeze_time('2030-01-01 12:00:00Z');
select open_pot('first', '{"max_tickets": 100, "fill_seconds": 2000000}');
select pg_temp.came('ann', 'first') is null;
select pg_temp.came('bob', 'first') is null;
select pg_temp.came('hal', 'first') is null;
select pass_time('1 day');
select is(pg_temp.rotate(30), 2::bigint, 'rotated');
select open_pot('second', '{"max_tickets": 100, "fill_seconds": 2000000}');
select pg_temp.came('ann', 'second') is null;
-- Who comes to both, to the older pot first, is somebody else in the second one.
select pg_temp.came('cid', 'first') is null;
select pg_temp.came('cid', 'second') is null;
select pg_temp.came('dan', 'first') is null;
select pass_time('1 day');
select is(pg_temp.rotate(30), 3::bigint, 'and rotated again, in the overlap');
select open_pot('third', '{"max_tickets": 100, "fill_seconds": 2592000}');
select is(
    pg_temp.came(n.name, 'third') is not null and pg_temp.known(n.name, 'third') = n.as_in,
    true, n.name || ', who ' || n.did || ', is known'
)
from (values
    ('ann', pg_temp.known('ann', 'first'), 'came under both'),
    ('bob', pg_temp.known('bob', 'first'), 'came under the first one alone'),
    ('cid', pg_temp.known('cid', 'second'), 'was a stranger to the second one'),
    ('dan', pg_temp.known('dan', 'first'), 'came under the first one after it was rotated')
) as n (name, as_in, did);
select isnt(
    pg_temp.came('eve', 'third'), null, 'a stranger joins'
);
select is(
    (
        select count(*)
        from public.pot_entries as e
        where e.pot_id <> pot_id('third') and e.ip_hash = left(pg_temp.known('eve', 'third'), 64)
    ),
    0::bigint, 'and is known by nothing'
);

-- The older one's overlap is over a day sooner; it is there still, for a pot of it is open.
select freeze_time('2030-02-01 12:00:00Z');
select is(
    (
        select array_agg(p.destroyed_at is null and p.kept_until > private.now() order by p.id)
        from private.peppers as p
        where p.id < 3
    ),
    '{f,t}', 'the second overlap goes on'
);
select pg_temp.came('hal', 'third') is null;
select isnt(
    pg_temp.known('hal', 'third'), pg_temp.known('hal', 'first'),
    'who came under the first one and not in its overlap is a stranger'
);

select * from finish();
rollback;
