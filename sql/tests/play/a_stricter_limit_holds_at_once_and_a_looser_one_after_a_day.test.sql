-- What a player will spend in 24 hours, 7 and 30 days: lower at once, higher or none after 24
-- hours.

begin;
\ir ../support/helpers.sql
select plan(37);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 100000);
select make_user('bob', 1000);
-- Buys tickets at a credit each, in a pot of the day.
create function pg_temp.buy(p_player text, p_tickets integer)
returns jsonb
language plpgsql
as $$
declare
    v_pot text := private.now()::date::text;
begin
    if not exists (select from public.pots as p where p.id = pot_id(v_pot)) then
        perform open_pot(v_pot, '{
            "max_tickets": 100000, "max_per_user": 100000, "entry_cost": 1, "fill_seconds": 90000
        }');
    end if;
    return join_pot(p_player, v_pot, p_tickets);
end $$;
create function pg_temp.no_limit()
returns jsonb
language sql
as $$
    select jsonb_build_object(
        'credits', null, 'spent', 0, 'left', null, 'next_credits', null, 'next_at', null
    )
$$;
create function pg_temp.limits(p_day bigint, p_week bigint, p_month bigint)
returns jsonb
language sql
as $$
    select rpc('ann', 'set_play_limits', jsonb_build_object(
        'day', p_day, 'week', p_week, 'month', p_month
    ))
$$;
create function pg_temp.day()
returns jsonb
language sql
as $$
    select rpc('ann', 'my_play_limits') #> '{limits,day}'
$$;

select is(
    rpc('ann', 'my_play_limits'),
    jsonb_build_object(
        'limits', jsonb_build_object(
            'day', pg_temp.no_limit(), 'week', pg_temp.no_limit(), 'month', pg_temp.no_limit()
        ),
        'cool_off_until', null, 'self_excluded_until', null
    ),
    'none by default'
);
select ok(pg_temp.buy('ann', 1000) ? 'entry_id', 'and so no end to it');
select pass_time('31 days');

-- The border.
select is(
    pg_temp.limits(100, null, null) #> '{limits,day}',
    '{"credits": 100, "spent": 0, "left": 100, "next_credits": null, "next_at": null}',
    'a first limit holds at once'
);
select ok(pg_temp.buy('ann', 60) ? 'entry_id', '60 of 100');
select turned_away(
    'ann', 'join_pot', on_pot('2030-02-01', '{"ticket_count": 41}'), 'PT429', 'velocity_exceeded',
    '{"limit": "play_day", "left": 40}', '{private.events}', '41 more are too many'
);
select is(
    (select jsonb_agg(e.data) from private.events as e where e.kind = 'join_refused'),
    '[{"code": "velocity_exceeded", "limit": "play_day", "left": 40}]', 'recorded'
);
select ok(pg_temp.buy('ann', 40) ? 'entry_id', '40 more are not');
select is(
    pg_temp.buy('ann', 1) ->> 'details', '{"left": 0, "limit": "play_day"}', 'and then none'
);
select ok(pg_temp.buy('bob', 1000) ? 'entry_id', 'it is ann''s own');

-- Lower, at once; also below what was spent.
select is(
    pg_temp.limits(50, null, null) #> '{limits,day}',
    '{"credits": 50, "spent": 100, "left": 0, "next_credits": null, "next_at": null}',
    'lower, at once'
);
select pass_time('24 hours');
select is(pg_temp.day() ->> 'left', '50', '24 hours later it was not today any more');
select ok(pg_temp.buy('ann', 50) ? 'entry_id', 'and may be spent');

-- Higher, after 24 hours.
select is(
    pg_temp.limits(200, null, null) #> '{limits,day}',
    jsonb_build_object(
        'credits', 50, 'spent', 50, 'left', 0, 'next_credits', 200,
        'next_at', private.json_time(private.now() + interval '24 hours')
    ),
    'higher is asked for'
);
select is(pg_temp.buy('ann', 1) ->> 'message', 'velocity_exceeded', 'and does not hold yet');
select pass_time('12 hours');
select is(
    pg_temp.limits(200, null, null) #>> '{limits,day,next_at}',
    private.json_time(private.now() + interval '12 hours'), 'asked again, it comes no later'
);
select is(
    pg_temp.limits(150, null, null) #>> '{limits,day,next_at}',
    private.json_time(private.now() + interval '12 hours'), 'nor when it is less that is asked for'
);
select is(
    pg_temp.limits(151, null, null) #>> '{limits,day,next_at}',
    private.json_time(private.now() + interval '24 hours'), 'but when it is more'
);
select pass_time('23 hours 59 minutes 59.999999 seconds');
select is(pg_temp.day() ->> 'credits', '50', 'not a microsecond before');
select pass_time('0.000001 seconds');
select is(
    pg_temp.day(), pg_temp.no_limit() || '{"credits": 151, "left": 151}',
    'after 24 hours it holds'
);
select ok(pg_temp.buy('ann', 151) ? 'entry_id', 'and may be spent');

-- None, after 24 hours; and taken back before.
select is(
    pg_temp.limits(null, null, null) #> '{limits,day}',
    jsonb_build_object(
        'credits', 151, 'spent', 151, 'left', 0, 'next_credits', null,
        'next_at', private.json_time(private.now() + interval '24 hours')
    ),
    'to have none is asked for'
);
select is(
    pg_temp.limits(9000, null, null) #>> '{limits,day,next_at}',
    private.json_time(private.now() + interval '24 hours'), '9000 is less than none'
);
select is(pg_temp.limits(151, null, null) #>> '{limits,day,next_at}', null, 'and taken back');
select pass_time('25 hours');
select is(pg_temp.day() ->> 'credits', '151', 'for good');
select pg_temp.limits(null, null, null);
select pass_time('24 hours');
select is(pg_temp.day() ->> 'credits', null, 'none, after 24 hours');
select ok(pg_temp.buy('ann', 2000) ? 'entry_id', 'and no end to it');

-- Week and month.
select pass_time('31 days');
select pg_temp.limits(null, 70, 100);
select ok(pg_temp.buy('ann', 70) ? 'entry_id', '70 a week');
select is(
    pg_temp.buy('ann', 1) ->> 'details', '{"left": 0, "limit": "play_week"}', 'is all of a week'
);
select pass_time('6 days 23:59:59.999999');
select is(pg_temp.buy('ann', 1) ->> 'message', 'velocity_exceeded', 'of 7 days');
select pass_time('0.000001 seconds');
select is(
    pg_temp.buy('ann', 31) ->> 'details', '{"left": 30, "limit": "play_month"}',
    'the next has what the month leaves'
);
select ok(pg_temp.buy('ann', 30) ? 'entry_id', 'which may be spent');
select pass_time('22 days 23:59:59.999999');
select is(pg_temp.buy('ann', 1) ->> 'message', 'velocity_exceeded', 'of 30 days');
select pass_time('0.000001 seconds');
select ok(pg_temp.buy('ann', 70) ? 'entry_id', 'and then there is room again');
select pg_temp.limits(0, 70, 100);
select is(pg_temp.buy('ann', 1) ->> 'message', 'velocity_exceeded', '0 is a limit');

select is(
    (
        select jsonb_build_array(
            e.data #>> '{before,day,credits}', e.data #>> '{after,day,credits}', a.subject
        )
        from private.events as e
        inner join private.actors as a on e.actor_id = a.actor_id
        where e.kind = 'player_limits_set'
        order by e.id desc
        limit 1
    ),
    jsonb_build_array(null, '0', user_id('ann')), 'each change is on record, before and after'
);
select look_at_tables();
select pg_temp.limits(0, 70, 100);
select ok(not changed_tables() && '{private.events}', 'the same again is none');

select * from finish();
rollback;
