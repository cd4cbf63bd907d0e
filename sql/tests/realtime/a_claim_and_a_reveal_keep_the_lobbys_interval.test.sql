-- `updated` is for at most one change of a pot an interval, four a second (contract, section 7),
-- also where a signer claims and reveals at once. What is left over run_due tells, as of joins.

begin;
\ir ../support/helpers.sql
select plan(11);

create function pg_temp.told()
returns text
language sql
as $$
    select string_agg(
        case when m.event = 'updated' then m.payload ->> 'status' else m.event end, ' '
    )
    from messages('pots:lobby') as m
    where m.payload ->> 'pot_id' = pot_id('big')::text
$$;
-- Until there is nothing due, and once more.
create function pg_temp.run_due()
returns void
language plpgsql
as $$
begin
    while rpc('pot_orchestrator', 'run_due') is not null loop
    end loop;
    perform rpc('pot_orchestrator', 'run_due');
end $$;

select lock_for_the_beacon();
select register_keys();
select open_pot('big', '{"draw_version": 2}');
select bring_to('big', 'attested');
select pass_time('1 second');
select claim('big');
select is(pg_temp.told(), 'created locked settling', 'a claim is told');
select is(
    (select l.rests from private.lobby_pulses as l where l.pot_id = pot_id('big')), true,
    'and wakes nothing: what is locked fills no more'
);
select pass_time('249 milliseconds');
select reveal('big');
select pg_temp.run_due();
select is(pg_temp.told(), 'created locked settling', 'a reveal within the interval is not');
select is(
    (select m.payload ->> 'reveal_seed' from messages('pots:' || pot_id('big')) as m
    where m.event = 'revealed'), seed('big'), 'but to those who watch the pot'
);
select pass_time('1 millisecond');
select pg_temp.run_due();
select is(pg_temp.told(), 'created locked settling settling', 'until the interval is over');
select is(
    (
        select (m.payload -> 'version')::bigint
        from messages('pots:lobby') as m
        order by (m.payload -> 'version')::bigint desc
        limit 1
    ),
    private.pot_version(pot_id('big')), 'with the latest there is'
);
select pass_time('1 second');
select pg_temp.run_due();
select is(pg_temp.told(), 'created locked settling settling', 'and nothing twice');

-- A claim right behind the last joins, which told of themselves.
select forget_messages();
select open_pot('next', '{"max_tickets": 2, "max_per_user": 2}');
select make_user('ann', 1000);
select pass_time('250 milliseconds');
select join_pot('ann', 'next', 1);
select bring_to('next', 'settling');
create function pg_temp.events()
returns text
language sql
as $$
    select string_agg(m.event, ' ')
    from messages('pots:lobby') as m
    where m.payload ->> 'pot_id' = pot_id('next')::text
$$;
select is(pg_temp.events(), 'created updated locked', 'is not told within the interval');
select pass_time('250 milliseconds');
select pg_temp.run_due();
select is(pg_temp.events(), 'created updated locked updated', 'but after it');
select reveal('next');
select is(
    pg_temp.events(), 'created updated locked updated settled', 'the end is told at once'
);
select pass_time('1 second');
select pg_temp.run_due();
select is(
    pg_temp.events(), 'created updated locked updated settled', 'and nothing after it'
);

select * from finish();
rollback;
