-- The deadline may come while join_pot waits for a lock: whichever time it reads the clock when
-- that happens, it is refused or its entry is dated before the deadline.

begin;
\ir ../support/helpers.sql
select plan(3);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 100);
select open_pot('big', '{"fill_seconds": 60}');

-- The clock passes the deadline at its nth reading.
create temporary sequence reading;
create function pg_temp.join_when_time_is_up_at(p_reading integer)
returns text
language plpgsql
as $$
declare
    v_outcome text;
begin
    perform setval('reading', 1, false);
    execute format(
        'create or replace function private.now() returns timestamptz language sql volatile '
        'set search_path = '''' as $f$ select case when nextval(''pg_temp.reading'') < %s '
        'then ''2030-01-01 12:00:59Z''::timestamptz else ''2030-01-01 12:01:00Z'' end $f$',
        p_reading
    );
    execute 'grant usage on sequence pg_temp.reading to public';
    begin
        perform join_pot('ann', 'big', 1);
        select case when max(e.created_at) < p.locks_at then 'in time' else 'too late' end
        into v_outcome
        from public.pot_entries as e
        inner join public.pots as p on e.pot_id = p.id
        group by p.locks_at;
        -- Undone, so that the next one finds the same pot.
        raise sqlstate 'T0001';
    exception
        when sqlstate 'T0001' then
            null;
        when sqlstate 'PT409' then
            v_outcome := sqlerrm;
    end;
    return v_outcome;
end $$;
create temporary table outcome on commit drop as
select n.reading, pg_temp.join_when_time_is_up_at(n.reading) as what
from generate_series(1, 10) as n (reading);

select is(
    (select array_agg(distinct o.what order by o.what) from outcome as o),
    '{"in time",pot_not_open}', 'refused or in time'
);
select ok(
    (select count(*) from outcome as o where o.what = 'pot_not_open') >= 2,
    'refused before the waits and after them'
);
select is(
    (select o.what from outcome as o where o.reading = 10), 'in time',
    'and a join that is done by then is in time'
);

select * from finish();
rollback;
