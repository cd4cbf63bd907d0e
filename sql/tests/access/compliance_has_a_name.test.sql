-- Who acts or reads as compliance is a person (contract, section 1): a token of the role without a
-- `sub` is refused by every function that others than compliance may not call, and reads no row.

begin;
\ir ../support/helpers.sql
select plan(106);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 100);
select open_pot('big');
select join_pot('ann', 'big', 1);
create temporary table calls (name text primary key, arguments jsonb not null) on commit drop;
insert into calls
select c.name, c.arguments
from (values
    (
        'ack_alert', jsonb_build_object('alert_id', user_id('nothing'), 'reason', 'x')
    ),
    (
        'erase_player',
        jsonb_build_object('user_id', user_id('ann'), 'reason', 'x', 'forfeit', false)
    ),
    ('exclude_entry', jsonb_build_object('entry_id', entry_id('ann', 'big'), 'reason', 'x')),
    ('export_pot', on_pot('big', '{"reason": "x"}')),
    ('get_case', on_pot('big')),
    ('pause_pot', on_pot('big', '{"reason": "x"}')),
    (
        'read_export', jsonb_build_object('export_id', user_id('nothing'), 'part', 'pot')
    ),
    ('resume_pot', on_pot('big', '{"reason": "x"}')),
    (
        'review_flag',
        jsonb_build_object('flag_id', user_id('nothing'), 'decision', 'clear', 'reason', 'x')
    ),
    ('rotate_pepper', '{"reason": "x"}'),
    ('set_flag_policy', '{"kind": "shared_ip", "effect": "hold", "min_score": 1, "reason": "x"}'),
    (
        'set_guard_rail',
        '{"scope": "global", "scope_id": null, "rule": "joins_per_day", "value": 1, "reason": "x"}'
    ),
    ('set_retention', '{"reason": "x"}'),
    ('set_staff', jsonb_build_object('user_id', user_id('ann'), 'staff', true, 'reason', 'x')),
    ('void_pot', on_pot('big', '{"reason": "x"}'))
) as c (name, arguments);
-- The others read, or forget what is old, and want no argument.
insert into calls
select p.proname, '{}'
from pg_proc as p
where p.pronamespace = 'public'::regnamespace
    and has_function_privilege('pot_compliance', p.oid, 'execute')
    and not has_function_privilege('anon', p.oid, 'execute')
    and p.pronargs = p.pronargdefaults
on conflict (name) do nothing;
select is(
    (
        select array_agg(p.proname::text order by p.proname)
        from pg_proc as p
        where p.pronamespace = 'public'::regnamespace
            and has_function_privilege('pot_compliance', p.oid, 'execute')
            and not has_function_privilege('anon', p.oid, 'execute')
    ),
    (select array_agg(c.name order by c.name) from calls as c), 'every function of compliance'
);
select refused(
    'pot_compliance', c.name, c.arguments, 'PT401', 'login_required', '{}',
    c.name || ' by nobody in person'
)
from calls as c
order by c.name;
select refused(
    'pot_compliance', c.name, c.arguments, 'PT401', 'login_required', '{}',
    c.name || ' by a sub that is no user''s', '{"sub": "compliance"}'
)
from calls as c
where c.name in ('list_alerts', 'metric_joins', 'metric_snapshot', 'purge_expired', 'read_events')
order by c.name;

-- A session of the database that has taken the role, and no token.
create function pg_temp.without_a_token(p_query text)
returns text
language plpgsql
as $$
declare
    v_answer text;
begin
    perform set_config('request.jwt.claims', '', true);
    set local role pot_compliance;
    execute p_query into v_answer;
    reset role;
    return v_answer;
exception
    when sqlstate 'PT401' then
        return sqlerrm;
end $$;
select is(
    pg_temp.without_a_token(q.query), q.answer, q.query
)
from (values
    ('select count(*) from public.list_alerts()', 'login_required'),
    ('select count(*) from public.metric_snapshot()', 'login_required'),
    ('select count(*) from public.pots_audit', '0')
) as q (query, answer);

select is(
    run_as(c.caller, format('select to_jsonb(count(*) > 0) from public.%I', t.name)),
    to_jsonb(c.caller = 'pot_compliance:carol'), c.caller || ' reads ' || t.name
)
from unnest('{pot_compliance,pot_compliance:carol}'::text[]) as c (caller)
cross join unnest('{pots,pot_entries,pots_audit}'::text[]) as t (name);
select is(
    run_as('pot_compliance', 'select to_jsonb(count(*)) from realtime.messages'), '0',
    'or hears on ' || t.topic
)
from unnest(array['alerts', 'pots:lobby', 'live-drops']) as t (topic)
cross join lateral (
    select set_config('realtime.topic', t.topic, true)
    from realtime.send('{}', 'test', t.topic, true)
) as s;

-- What is not compliance's has no name and needs none.
select ok(
    jsonb_typeof(rpc(c.caller, c.name, c.arguments)) in ('array', 'object'),
    c.caller || ' may ' || c.name
)
from (values
    ('service_role', 'list_alerts', '{}'::jsonb), ('service_role', 'metric_joins', '{}'),
    ('service_role', 'get_retention', '{}'),
    ('service_role', 'purge_expired', '{}'), ('service_role', 'read_events', '{}'),
    ('pot_events', 'read_events', '{}'), ('pot_events', 'list_event_consumers', '{}'),
    ('pot_events', 'metric_snapshot', '{}'), ('pot_compliance:carol', 'list_alerts', '{}'),
    ('pot_compliance', 'get_pot', on_pot('big')), ('pot_compliance', 'list_pots', '{}')
) as c (caller, name, arguments);

select * from finish();
rollback;
