-- The hours in which most join are a day's peak, from its first hour to its last.

begin;
\ir ../support/helpers.sql
select plan(3);

create function pg_temp.fill_in_hour(p_pot text, p_at timestamptz)
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
create function pg_temp.peak_pots(p_day text)
returns bigint
language sql
as $$
    select (rpc('pot_compliance:carol', 'metric_fill_time', jsonb_build_object(
        'from', p_day || 'T00:00:00Z', 'to', p_day || 'T23:59:59Z', 'bucket', 'day'
    )) -> 0 -> 'peak_pots')::bigint
$$;

select freeze_time('2030-01-01 23:00:00Z');
select register_keys();
select make_user(n.name, 1000)
from unnest('{ann,bob}'::text[]) as n (name);
select pg_temp.fill_in_hour('last', '2030-01-01 23:30:00Z');
select pg_temp.fill_in_hour('first', '2030-01-02 00:10:00Z');
select is(
    rpc('pot_orchestrator', 'roll_up_metrics') -> 'more', 'false', 'all events at one go'
);

select is(pg_temp.peak_pots('2030-01-01'), 1::bigint, 'the hour before midnight');
select is(pg_temp.peak_pots('2030-01-02'), 1::bigint, 'the hour after midnight');

select * from finish();
rollback;
