-- A pot is due when all of its time has passed, to the microsecond; a month has its first moment
-- and not that of the next. What has come exactly to the end of a pot has come far enough.

begin;
\ir ../support/helpers.sql
select plan(15);

create function pg_temp.ends(p_pot text, p_at timestamptz)
returns void
language plpgsql
as $$
begin
    perform freeze_time(p_at);
    perform rpc('pot_compliance:carol', 'void_pot', on_pot(p_pot, '{"reason": "a test"}'));
end $$;
create function pg_temp.listed(p_after text default null)
returns uuid[]
language sql
as $$
    select array_agg(l.pot_id order by l.ended_at, l.pot_id)
    from private.list_archivable(
        '2030-02-01', coalesce((pot(p_after)).cancelled_at, '-infinity'),
        pot_id(coalesce(p_after, '')), 10
    ) as l
$$;
create function pg_temp.has_blockers(p_pot text, p_blockers text[], p_description text)
returns text
language sql
as $$
    select is(private.archive_blockers(pot_id(p_pot)), p_blockers, p_description)
$$;
-- What is logged last of its life.
create function pg_temp.position_of(p_pot text)
returns bigint
language sql
as $$
    select max(p.position)
    from private.events as e
    inner join private.event_positions as p on e.id = p.id
    where e.pot_id = pot_id(p_pot)
$$;

select freeze_time('2030-01-31 12:00:00Z');
select open_pot(p.name) from unnest('{before,first,twin,last,next}'::text[]) as p (name);
select pg_temp.ends('before', '2030-01-31 23:59:59.999999Z');
select pg_temp.ends(p.name, '2030-02-01 00:00:00Z') from unnest('{first,twin}'::text[]) as p (name);
select pg_temp.ends('last', '2030-02-28 23:59:59.999999Z');
select pg_temp.ends('next', '2030-03-01 00:00:00Z');
create temporary table ended on commit drop as
select
    array_agg(pot_id(p.name) order by p.name = 'last', pot_id(p.name)) as pots,
    min(p.name) filter (where p.name <> 'last' and pot_id(p.name) < pot_id(p.other)) as one
from (values ('first', 'twin'), ('twin', 'first'), ('last', null)) as p (name, other);
-- The last position is nobody's to archive.
select make_user('ann', 100);
select rpc('pot_orchestrator', 'roll_up_metrics');

create function pg_temp.due(p_pot text)
returns void
language sql
as $$
    select freeze_time((pot(p_pot)).cancelled_at + (private.now() - private.archive_before()))
$$;
select pg_temp.due('next');
select is(pg_temp.listed(), e.pots, 'a month has its first moment and its last')
from ended as e;
select is(pg_temp.listed(e.one), e.pots[2:], 'a page goes on behind one of two of one moment')
from ended as e;
select is(pg_temp.listed('last'), null, 'and nothing is behind the last');
select pg_temp.due('last');
select pg_temp.has_blockers('last', '{}', 'a pot is due when all of its time has passed');
select is(
    (select array[p.pots, p.ready] from private.archive_plan() as p where p.month = '2030-02-01'),
    '{3,3}', 'and is planned'
);
select pass_time('-1 microsecond');
select pg_temp.has_blockers('last', '{too_recent}', 'not a microsecond before');
select is(pg_temp.listed(), e.pots[:2], 'nor is it listed') from ended as e;
select is(
    (select array[p.pots, p.ready] from private.archive_plan() as p where p.month = '2030-02-01'),
    '{2,2}', 'nor planned'
);

-- Who reads the outbox has read of it what stands at their position.
select rpc('pot_events', 'ack_events', jsonb_build_object(
    'consumer', 'warehouse', 'up_to', pg_temp.position_of('first') - 1
));
select pg_temp.has_blockers('first', '{events}', 'a consumer lacks its last event');
select rpc('pot_events', 'ack_events', jsonb_build_object(
    'consumer', 'warehouse', 'up_to', pg_temp.position_of('first')
));
select pg_temp.has_blockers('first', '{}', 'and has it');
update private.metric_marks set position = pg_temp.position_of('first') - 1 where true;
select pg_temp.has_blockers('first', '{events}', 'the metrics lack it');
update private.metric_marks set position = pg_temp.position_of('first') where true;
select pg_temp.has_blockers('first', '{}', 'and have it');

-- A webhook is told of what happens from when it listens, with that moment.
select rpc('service_role', 'create_webhook', '{"url": "https://hooks.example/"}') is null;
insert into private.event_consumers (consumer, position, updated_at)
values ('webhooks', pg_temp.position_of('first') - 1, private.now())
on conflict (consumer) do update set position = excluded.position;
update private.webhook_subscriptions set listens_since = (pot('first')).cancelled_at where true;
select pg_temp.has_blockers('first', '{events}', 'a webhook that listens from its end lacks it');
update private.webhook_subscriptions
set listens_since = (pot('first')).cancelled_at + interval '1 microsecond'
where true;
select pg_temp.has_blockers('first', '{}', 'one that listens from later is not told of it');
update private.webhook_subscriptions set listens_since = (pot('first')).cancelled_at where true;
update private.event_consumers set position = pg_temp.position_of('first')
where consumer = 'webhooks';
select pg_temp.has_blockers('first', '{}', 'nor does the other lack what it was told');

select * from finish();
rollback;
