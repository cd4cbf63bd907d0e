-- Whoever has or had tickets in a pot neither halts nor ends it, turns nobody out, judges nobody
-- and quiets no alarm about it: each of them, by one rule.

begin;
\ir ../support/helpers.sql
select plan(27);

select freeze_time('2030-01-01 12:00:00Z');
select make_user(n.name, 100) from unnest('{ann,bob,cid}'::text[]) as n (name);
select open_pot('big', '{"max_tickets": 10, "max_per_user": 3}');
select open_pot('other', '{"max_tickets": 10, "max_per_user": 3}');
-- Ann plays, Bob did, Cid is the rival. Then Ann and Bob begin to work for compliance.
create temporary table rival on commit drop as
select (join_pot('cid', 'big', 2) ->> 'entry_id')::uuid as entry_id;
select join_pot('ann', 'big', 2);
select join_pot('bob', 'big', 1);
select cancel_entry('bob', 'big');
select private.raise_alert('settlement_late', pot_id('big'), '{}');
create temporary table about on commit drop as
select flag(user_id('cid'), 'big') as flag_id, a.alert_id
from private.alerts as a
where a.pot_id = pot_id('big');
create function pg_temp.act(p_name text)
returns jsonb
language sql
as $$
    select case p_name
        when 'exclude_entry' then jsonb_build_object('entry_id', r.entry_id)
        when 'review_flag' then jsonb_build_object('flag_id', a.flag_id, 'decision', 'uphold')
        when 'ack_alert' then jsonb_build_object('alert_id', a.alert_id)
        else on_pot('big')
    end || '{"reason": "a look"}'
    from rival as r
    cross join about as a
$$;

select refused(
    'pot_compliance:' || n.name, f.name, pg_temp.act(f.name), 'PT403', 'not_allowed',
    '{"reason": "an interest in this pot"}', format('%s by %s', f.name, n.what)
)
from (values ('ann', 'who plays in it'), ('bob', 'who did')) as n (name, what)
cross join unnest(
    '{pause_pot,void_pot,exclude_entry,review_flag,ack_alert}'::text[]
) as f (name);
select rpc('pot_compliance:carol', 'pause_pot', pg_temp.act('pause_pot'));
select refused(
    'pot_compliance:' || n.name, 'resume_pot', pg_temp.act('resume_pot'), 'PT403', 'not_allowed',
    '{"reason": "an interest in this pot"}', 'resume_pot by ' || n.name
)
from unnest('{ann,bob}'::text[]) as n (name);

select is(
    rpc('pot_compliance:ann', 'pause_pot', on_pot('other', '{"reason": "a look"}')) ->> 'paused',
    'true', 'another pot is theirs to pause'
);
select is(
    (select jsonb_object_agg(
        f.name, (rpc('pot_compliance:carol', f.name, pg_temp.act(f.name)) ? f.answers)
    )
    from (values
        (1, 'resume_pot', 'locks_at'), (2, 'review_flag', 'reviewed_at'),
        (3, 'ack_alert', 'acknowledged_at'), (4, 'exclude_entry', 'excluded_at'),
        (5, 'void_pot', 'pot_id')
    ) as f (place, name, answers)),
    '{"resume_pot": true, "review_flag": true, "ack_alert": true, "exclude_entry": true,
    "void_pot": true}'::jsonb,
    'and whoever has no interest in it does each of these'
);

-- A function that moderates and does not ask would be found here.
select set_eq(
    $$
        select p.proname
        from pg_proc as p
        where p.pronamespace = 'public'::regnamespace
            and p.provolatile = 'v'
            and has_function_privilege('pot_compliance', p.oid, 'execute')
            and p.proargnames && '{pot_id,entry_id,flag_id,alert_id}'::text[]
            and not exists (
                select
                from pg_proc as d
                where d.pronamespace = 'private'::regnamespace
                    and d.proname = p.proname
                    and d.prosrc ~ 'private\.require_no_interest\('
            )
    $$,
    -- Writes down who reads.
    $$ values ('export_pot'::name) $$,
    'every other function of compliance that writes about a pot asks'
);

select * from finish();
rollback;
