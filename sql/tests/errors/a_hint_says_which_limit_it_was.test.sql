-- A refusal that DETAIL tells the cause of says what to do about that one: which limit it was and
-- when to try again, or whom to ask.

begin;
\ir ../support/helpers.sql
select plan(29);

select ok(
    h.hint ~ '^[A-Z].*\.$' and h.hint <> c.hint, c.token || ' has a sentence for ' || l.named
)
from (
    select 'velocity_exceeded' as token, 'limit' as field, r.rule as named
    from private.guard_rules() as r
    where r.rule not in ('blocked_regions', 'account_age_hours', 'new_account_hours')
    union all
    select 'velocity_exceeded', 'limit', 'play_' || p.period
    from unnest('{day,week,month}'::text[]) as p (period)
    union all
    select 'account_blocked', 'reason', n.reason
    from unnest('{cool_off,excluded,new_account,self_excluded}'::text[]) as n (reason)
) as l
inner join private.error_catalogue() as c on l.token = c.token
left join private.error_hint(l.token, jsonb_build_object(l.field, l.named, 'left', 0)) as h (hint)
    on true;
select is(private.error_hint(e.token, e.detail), null, format('%s %s has none', e.token, e.detail))
from (values
    ('velocity_exceeded', '{}'::jsonb), ('velocity_exceeded', '{"reason": "excluded"}'),
    ('velocity_exceeded', '{"limit": "another"}'), ('velocity_exceeded', null),
    ('account_blocked', '{"reason": "confirmed_ring"}'), ('account_blocked', '{}'),
    ('insufficient_credits', '{"limit": "joins_per_day"}')
) as e (token, detail);

-- As they are told.
select freeze_time('2030-01-01 12:00:00Z');
select make_user(n.name, 1000) from unnest('{ann,bob}'::text[]) as n (name);
select open_pot('big', '{"max_tickets": 100, "max_per_user": 50}');
select set_rail('global', null, 'joins_per_day', '1');
select join_pot('ann', 'big') ? 'entry_id';
select is(
    join_pot('ann', 'big') - 'code',
    '{"message": "velocity_exceeded", "details": "{\"left\": 0, \"limit\": \"joins_per_day\"}",
    "hint": "Too many joins in 24 hours. Try again when the oldest of them is 24 hours ago."}',
    'a limit of a day is not over in a minute'
);
select is(
    rpc('service_role', 'join_pots', jsonb_build_object('batch', jsonb_build_array(
        on_pot('big', jsonb_build_object('user_id', user_id('ann'), 'ticket_count', 1))
    ))) #>> '{results,0,hint}',
    'Too many joins in 24 hours. Try again when the oldest of them is 24 hours ago.',
    'in a batch too'
);
select set_rail('global', null, 'joins_per_day', null);
select rpc('ann', 'set_play_limits', '{"day": 10, "week": null, "month": null}');
select is(
    join_pot('ann', 'big') ->> 'hint',
    'Above your own limit for 24 hours. Choose fewer tickets, or try again tomorrow.',
    'an own limit is not the operator''s'
);
select rpc('bob', 'start_cool_off', '{"hours": 1}');
select is(
    join_pot('bob', 'big') ->> 'hint',
    'You are on a break that you began; it cannot be ended sooner. DETAIL says until when.',
    'nor is who is on a break of their own blocked for support to help'
);
select set_rail('global', null, 'account_age_hours', '1');
select make_user('cid', 1000);
update auth.users set created_at = private.now() where id = user_id('cid');
select is(
    join_pot('cid', 'big') ->> 'hint',
    'This account is too new to join. DETAIL says from when on it may.',
    'nor is a new one'
);
select rpc('cid', 'cheer_pot', on_pot('big', '{"reaction": "clap"}'));
select is(
    rpc('cid', 'cheer_pot', on_pot('big', '{"reaction": "clap"}')) ->> 'hint',
    'Too many requests. Wait a moment and try again.',
    'what names no limit has the hint of its token'
);
create function pg_temp.raised_hint(p_token text, p_detail jsonb)
returns text
language plpgsql
as $$
declare
    v_hint text;
begin
    perform private.fail(p_token, p_detail);
    return null;
exception
    when others then
        get stacked diagnostics v_hint = pg_exception_hint;
        return v_hint;
end $$;
select is(
    pg_temp.raised_hint('account_blocked', '{"reason": "excluded"}'),
    'You were taken out of this pot. Choose another, or ask support why.',
    'and what is raised has the same as what is returned'
);

select * from finish();
rollback;
