-- The deadline may come while a batch waits for a lock: whichever time it reads the clock when that
-- happens, its joins are refused, or their entries are dated before the deadline.

begin;
\ir ../support/helpers.sql
select plan(5);

select freeze_time('2030-01-01 12:00:00Z');
select make_user(p.name, 100) from unnest('{ann,bob}'::text[]) as p (name);
select open_pot('big', '{"fill_seconds": 60}');

create function pg_temp.batched()
returns jsonb
language sql
as $$
    select jsonb_agg(coalesce(r.result -> 'message', r.result -> 'ticket_count'))
    from jsonb_array_elements(rpc('service_role', 'join_pots', jsonb_build_object(
        'batch', jsonb_build_array(
            on_pot('big', jsonb_build_object('user_id', user_id('ann'), 'ticket_count', 1)),
            on_pot('big', jsonb_build_object('user_id', user_id('bob'), 'ticket_count', 2))
        )
    )) -> 'results') as r (result)
$$;

-- The clock comes to the deadline at its nth reading.
create temporary sequence reading;
grant usage on sequence pg_temp.reading to public;
create function pg_temp.batch_when_time_is_up_at(p_reading integer)
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
    begin
        v_outcome := pg_temp.batched();
        if exists (
            select
            from public.pot_entries as e
            inner join public.pots as p on e.pot_id = p.id
            where e.created_at >= p.locks_at
        ) then
            v_outcome := 'too late';
        end if;
        -- Undone, so that the next one finds the same pot.
        raise sqlstate 'T0001';
    exception
        when sqlstate 'T0001' then
            null;
        when sqlstate 'PT503' then
            v_outcome := sqlerrm;
    end;
    return v_outcome;
end $$;
create temporary table outcome on commit drop as
select n.reading, pg_temp.batch_when_time_is_up_at(n.reading) as what
from generate_series(1, 12) as n (reading);

select is(
    (select array_agg(distinct o.what order by o.what) from outcome as o),
    array['["pot_not_open", "pot_not_open"]', '[1, 2]', 'busy'],
    'refused, in time, or told to ask again'
);
select is(
    (select o.what from outcome as o where o.reading = 1), '["pot_not_open", "pot_not_open"]',
    'each is refused when it comes too late'
);
select ok(
    (select count(*) from outcome as o where o.what = 'busy') >= 1,
    'all are to ask again when it waited too long'
);
select is(
    (select o.what from outcome as o where o.reading = 12), '[1, 2]',
    'and a batch that is done by then is in time'
);
select is(sold('big'), '0 tickets to 0', 'each was undone');

select * from finish();
rollback;
