-- A day of the figures is one of UTC, also for who asks with a time zone (Prefer: timezone=) in
-- which the clocks were put forward that day, or back.

begin;
\ir ../support/helpers.sql
select plan(5);

create function pg_temp.fill(p_pot text, p_at timestamptz)
returns void
language plpgsql
as $$
begin
    perform freeze_time(p_at);
    perform open_pot(p_pot, '{"max_tickets": 10, "max_per_user": 5}');
    perform join_pot('ann', p_pot, 5);
    perform join_pot('bob', p_pot, 5);
    perform lock(p_pot);
end $$;
create function pg_temp.day(p_day text)
returns jsonb
language sql
as $$
    select jsonb_path_query_array(
        rpc('pot_compliance:carol', 'metric_fill_time', jsonb_build_object(
            'from', p_day || 'T00:00:00Z', 'to', p_day || 'T23:59:59Z', 'bucket', 'day'
        )),
        '$[0].keyvalue() ? (@.key == "pots" || @.key == "peak_pots").value'
    )
$$;

select freeze_time('2030-03-09 12:00:00Z');
select make_user(n.name, 1000)
from unnest('{ann,bob}'::text[]) as n (name);
-- In New York the day from the evening of March 9th, when it is the 10th in UTC, has 23 hours; the
-- one from that of November 2nd has 25.
select pg_temp.fill('spring', '2030-03-10 23:30:00Z');
select pg_temp.fill('autumn', '2030-11-03 12:00:00Z');
select pg_temp.fill('after', '2030-11-04 00:30:00Z');
select is(
    rpc('pot_orchestrator', 'roll_up_metrics') -> 'more', 'false', 'all events at one go'
);
set local timezone = 'America/New_York';
select is(pg_temp.day('2030-03-10'), '[1, 1]', 'the last hour of a day of 23');
select is(pg_temp.day('2030-11-03'), '[1, 1]', 'not the first hour after a day of 25');

-- Nor does how long something is kept depend on who looks.
select freeze_time('2030-04-01 12:30:00Z');
select is(
    private.archive_before(), '2030-04-01 12:30:00Z'::timestamptz - interval '9600 hours',
    'before when a pot may be archived'
);
select is(
    (
        select array_agg(p.proname::text order by p.proname)
        from pg_proc as p
        where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
            and p.prosrc
            ~* '(interval ''[^'']*\m(day|week|mon|year)|\m(days|weeks|months|years) =>)'
    ),
    -- What is compared, or a step of date_bin, which are of 24 hours; and months of a date.
    '{detach_month,list_archivable,metric_bucket,metric_recount,roll_up_metrics}',
    'no other function has days in an interval'
);

select * from finish();
rollback;
