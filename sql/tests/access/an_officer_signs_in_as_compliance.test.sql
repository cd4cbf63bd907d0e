-- set_officer names who signs in as compliance; the hook says so in their tokens. Who is revoked is
-- refused at once, with a token that is good for a while yet.

begin;
\ir ../support/helpers.sql
select plan(71);

-- As Supabase Auth calls it: as its own role, with one jsonb.
create function pg_temp.token_of(p_name text, p_more jsonb default '{}')
returns jsonb
language plpgsql
as $$
declare
    v_event jsonb := jsonb_build_object(
        'user_id', user_id(p_name), 'authentication_method', 'password',
        'claims', '{"role": "authenticated", "aud": "authenticated", "aal": "aal1"}'::jsonb
    ) || p_more;
    v_answer jsonb;
begin
    perform set_config('role', 'supabase_auth_admin', true);
    execute 'select private.custom_access_token($1)' into v_answer using v_event;
    perform set_config('role', 'none', true);
    return v_answer -> 'claims';
end $$;

select make_user(p.name) from unnest('{olga,omar,ann}'::text[]) as p (name);
select is(pg_temp.token_of('olga') ->> 'role', 'authenticated', 'nobody is an officer at first');
select is(
    rpc('service_role', 'set_officer', jsonb_build_object(
        'user_id', user_id(o.name), 'officer', true, 'reason', 'hired'
    )),
    jsonb_build_object('user_id', user_id(o.name), 'officer', true),
    o.name || ' is named'
)
from unnest('{olga,omar}'::text[]) as o (name);
select is(
    pg_temp.token_of('olga'),
    '{"role": "pot_compliance", "aud": "authenticated", "aal": "aal1"}',
    'whose token names the role, and is otherwise as it was'
);
select is(pg_temp.token_of('ann') ->> 'role', 'authenticated', 'a player''s does not');
select is(
    pg_temp.token_of('ann', e.event), e.event -> 'claims', 'comes back as it was: ' || e.event::text
)
from unnest(array[
    '{"claims": {"role": "anon"}, "user_id": null}', '{"claims": {}, "user_id": "x"}',
    '{"claims": null, "user_id": []}'
]::jsonb[]) as e (event);
select is(
    (
        select jsonb_agg(s.member ->> 'user_id' order by s.member ->> 'user_id')
        from jsonb_array_elements(rpc('pot_compliance:olga', 'list_staff')) as s (member)
    ),
    (
        select jsonb_agg(user_id(n)::text order by user_id(n))
        from unnest('{olga,omar}'::text[]) as n
    ),
    'officers are staff before they act'
);
select is(
    (
        select jsonb_agg(e.data - 'user') || to_jsonb(count(distinct e.data ->> 'user'))
        from private.events as e
        where e.kind = 'officer_set'
    ),
    '[{"before": false, "after": true, "reason": "hired"},
    {"before": false, "after": true, "reason": "hired"}, 2]', 'recorded, by a pseudonym'
);
select rpc('service_role', 'set_officer', jsonb_build_object(
    'user_id', user_id('olga'), 'officer', true, 'reason', 'again'
));
select is(
    (select count(*) from private.events as e where e.kind = 'officer_set'), 2::bigint,
    'to name an officer again changes nothing'
);

-- Who may name, and whom.
select query_refused(
    c.caller, $$ select set_officer(gen_random_uuid(), true, 'me too') $$,
    'permission denied for function set_officer', c.caller || ' names nobody'
)
from unnest('{pot_compliance:olga,ann,anon,pot_treasury}'::text[]) as c (caller);
select refused(
    'service_role', 'set_officer', a.arguments, 'PT422', 'invalid_argument', a.details, a.about
)
from (
    values
    (
        jsonb_build_object('user_id', user_id('nobody'), 'officer', true, 'reason', 'x'),
        '{"argument": "user_id", "expected": "the id of a user who signed up"}'::jsonb, 'a stranger'
    ),
    (
        jsonb_build_object('user_id', null, 'officer', true, 'reason', 'x'),
        '{"argument": "user_id", "expected": "a value"}', 'no user'
    ),
    (
        jsonb_build_object('user_id', user_id('ann'), 'officer', null, 'reason', 'x'),
        '{"argument": "officer", "expected": "a value"}', 'neither'
    ),
    (
        jsonb_build_object('user_id', user_id('ann'), 'officer', true, 'reason', ' '),
        '{"argument": "reason", "expected": "1 to 500 characters"}', 'no reason'
    )
) as a (arguments, details, about);

-- Revoked: no role at the next refresh, and refused at once by everything that compliance may.
select open_pot('big');
select ok(
    rpc('pot_compliance:olga', 'pause_pot', on_pot('big', '{"reason": "a look"}')) ? 'paused_at',
    'an officer acts'
);
select rpc('service_role', 'set_officer', jsonb_build_object(
    'user_id', user_id('olga'), 'officer', false, 'reason', 'left'
));
select is(pg_temp.token_of('olga') ->> 'role', 'authenticated', 'the next token has no role');
select refused(
    'pot_compliance:olga', c.name, c.arguments, 'PT403', 'not_allowed', '{"reason": "revoked"}',
    c.name || ' with the old token'
)
from (
    values
    ('resume_pot', on_pot('big', '{"reason": "x"}')), ('list_cases', '{}'::jsonb),
    ('get_case', on_pot('big')), ('list_flags', '{}'), ('list_alerts', '{}'),
    ('list_flag_policies', '{}'), ('list_guard_rails', '{}'), ('list_officers', '{}'),
    ('metric_churn', '{}'),
    ('metric_flags', '{}'), ('metric_snapshot', '{}'), ('purge_expired', '{}'),
    ('read_events', '{}'), ('list_event_consumers', '{}')
) as c (name, arguments);
select is(
    (
        select array_agg(p.proname::text order by p.proname)
        from pg_proc as p
        inner join pg_proc as d
            on p.proname = d.proname and d.pronamespace = 'private'::regnamespace
        where p.pronamespace = 'public'::regnamespace
            and has_function_privilege('pot_compliance', p.oid, 'execute')
            and not has_function_privilege('anon', p.oid, 'execute')
            -- Metrics ask by what they are made of.
            and d.prosrc !~ 'private\.(require_(standing|person|officer)|metric_buckets)\('
    ),
    null, 'nor is there a function of compliance that does not ask'
);
select is(
    run_as('pot_compliance:olga', format('select to_jsonb(count(*)) from public.%I', t.name)),
    '0', 'nor reads ' || t.name
)
from unnest('{pots,pots_audit,pot_entries}'::text[]) as t (name);
select ok(
    run_as('pot_compliance:omar', 'select to_jsonb(count(*)) from public.pots_audit')::integer > 0,
    'which another officer does'
);
select is(
    (
        select jsonb_agg(o.officer ->> 'revoked_at' is null order by o.officer ->> 'revoked_at')
        from jsonb_array_elements(rpc('pot_compliance:omar', 'list_officers')) as o (officer)
    ),
    '[false, true]', 'both are listed, one of them as revoked'
);
select is(
    (
        select jsonb_agg(o.officer ->> 'user_id')
        from jsonb_array_elements(rpc('pot_compliance:omar', 'list_officers', jsonb_build_object(
            'after', f.after, 'page_size', 1
        ))) as o (officer)
    ),
    f.page, 'a page is behind the one before: ' || coalesce(f.after::text, 'the first')
)
from (
    select
        array[null, least(n.one, n.other), greatest(n.one, n.other)] as afters,
        array[
            jsonb_build_array(least(n.one, n.other)), jsonb_build_array(greatest(n.one, n.other)),
            null
        ] as pages
    from (select user_id('olga') as one, user_id('omar') as other) as n
) as p
cross join unnest(p.afters, p.pages) as f (after, page);
select ok(
    exists (select from private.staff as s where s.user_id = user_id('olga')),
    'who was an officer stays staff until set_staff says otherwise'
);
select rpc('service_role', 'set_officer', jsonb_build_object(
    'user_id', user_id('olga'), 'officer', true, 'reason', 'back'
));
select is(
    rpc('pot_compliance:olga', 'list_cases') -> 0 ->> 'pot_id', pot_id('big')::text,
    'named again, and in again'
);

-- GoTrue's own ban counts at once as well.
update auth.users set banned_until = private.now() + interval '1 day' where id = user_id('omar');
select is(pg_temp.token_of('omar') ->> 'role', 'authenticated', 'who is banned has no role');
select refused(
    'pot_compliance:omar', 'list_cases', '{}', 'PT403', 'not_allowed', '{"reason": "revoked"}',
    'a banned officer'
);
select freeze_time(u.banned_until - interval '1 microsecond')
from auth.users as u
where u.id = user_id('omar');
select is(pg_temp.token_of('omar') ->> 'role', 'authenticated', 'to the last moment');
select pass_time('1 microsecond');
select is(pg_temp.token_of('omar') ->> 'role', 'pot_compliance', 'a ban ends at its time');
update auth.users set banned_until = null, deleted_at = private.now() where id = user_id('omar');
select refused(
    'pot_compliance:omar', 'list_cases', '{}', 'PT403', 'not_allowed', '{"reason": "revoked"}',
    'a deleted officer'
);

select * from finish();
rollback;
