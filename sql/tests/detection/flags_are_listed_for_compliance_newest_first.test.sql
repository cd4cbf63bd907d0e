-- list_flags has the documented fields, filters by pot and status, and walks pages newest first,
-- also over flags of one moment.

begin;
\ir ../support/helpers.sql
select plan(42);

select freeze_time('2030-01-01 12:00:00Z');
select make_user(n.name, 100) from unnest('{ann,bob,cid,dee}'::text[]) as n (name);
select open_pot('big');
select open_pot('other');
select join_pot('ann', 'big', 2);
select flag(user_id(n.name), 'big') from unnest('{ann,bob,cid}'::text[]) as n (name);
update private.flags as f
set entry_id = entry_id('ann', 'big'), score = 0.875, evidence = '{"members": 3}'
where f.user_id = user_id('ann');
select pass_time('1.5 seconds');
select flag(user_id('dee'), 'other', 'note', 'velocity_burst');
create temporary table newest on commit drop as
select
    f.flag_id, f.user_id, row_number() over (order by f.created_at desc, f.flag_id desc) as place
from private.flags as f;
create function pg_temp.of(p_player text)
returns uuid
language sql
as $$
    select f.flag_id from private.flags as f where f.user_id = user_id(p_player)
$$;
create function pg_temp.page(p_arguments jsonb default '{}')
returns uuid[]
language sql
as $$
    select coalesce(array_agg((l.r ->> 'flag_id')::uuid order by l.place), '{}')
    from jsonb_array_elements(rpc('pot_compliance:carol', 'list_flags', p_arguments))
        with ordinality as l (r, place)
$$;

-- ------------------------------------------------------------------------------------------- pages
select is(
    pg_temp.page(), (select array_agg(n.flag_id order by n.place) from newest as n),
    'all of them, newest first'
);
select is((select n.user_id from newest as n where n.place = 1), user_id('dee'), 'dee''s before');
select is(
    pg_temp.page(jsonb_build_object('page_size', 2)),
    (select array_agg(n.flag_id order by n.place) from newest as n where n.place <= 2),
    'the newest two'
);
select is(
    pg_temp.page(jsonb_build_object('page_size', s.size, 'after', n.flag_id)),
    (
        select array_agg(m.flag_id order by m.place) from newest as m
        where m.place > n.place and m.place <= n.place + s.size
    ),
    format('%s after the one at %s', s.size, n.place)
)
from newest as n
cross join (values (1), (2), (100)) as s (size)
where n.place < 4;
select is(
    pg_temp.page(jsonb_build_object('after', n.flag_id)), '{}', 'and none after the last'
)
from newest as n where n.place = 4;

-- ----------------------------------------------------------------------------------------- filters
select is(
    pg_temp.page(on_pot('big')),
    (select array_agg(n.flag_id order by n.place) from newest as n where n.place > 1),
    'of one pot'
);
select is(
    pg_temp.page(on_pot('big', jsonb_build_object('after', pg_temp.of('dee'), 'page_size', 1))),
    (select array[n.flag_id] from newest as n where n.place = 2),
    'also after a flag of another'
);
select review('carol', pg_temp.of('ann'), 'clear');
select review('carol', pg_temp.of(n.name), 'uphold') from unnest('{bob,cid}'::text[]) as n (name);
select review('dave', pg_temp.of('cid'), 'uphold');
select is(
    pg_temp.page(jsonb_build_object('status', s.status)), array[pg_temp.of(s.player)], s.status
)
from (values
    ('open', 'dee'), ('uphold_proposed', 'bob'), ('upheld', 'cid'), ('cleared', 'ann')
) as s (status, player);
select is(
    pg_temp.page(on_pot('other', '{"status": "cleared"}')), '{}', 'both filters at once'
);

-- ------------------------------------------------------------------------------------------ fields
select is(
    rpc('pot_compliance:carol', 'list_flags', '{"status": "cleared"}'),
    jsonb_build_array(on_pot('big', jsonb_build_object(
        'flag_id', pg_temp.of('ann'), 'entry_id', entry_id('ann', 'big'),
        'user_id', user_id('ann'), 'kind', 'shared_device', 'score', 0.875,
        'evidence', '{"members": 3}'::jsonb, 'status', 'cleared',
        'created_at', '2030-01-01T12:00:00.000000Z',
        'reviewed_by', (
            select a.actor_id from private.actors as a where a.subject = user_id('carol')::text
        ),
        'reviewed_at', '2030-01-01T12:00:01.500000Z', 'reason', 'I looked'
    ))),
    'these fields and no others; whoever reviewed it by pseudonym'
);
select is(
    rpc('pot_compliance:carol', 'list_flags', '{"status": "open"}'),
    jsonb_build_array(on_pot('other', jsonb_build_object(
        'flag_id', pg_temp.of('dee'), 'entry_id', null, 'user_id', user_id('dee'),
        'kind', 'velocity_burst', 'score', 0.9, 'evidence', '{}'::jsonb, 'status', 'open',
        'created_at', '2030-01-01T12:00:01.500000Z',
        'reviewed_by', null, 'reviewed_at', null, 'reason', null
    ))),
    'all of them also of a flag that nobody looked at'
);

-- ---------------------------------------------------------------------------------------- refusals
select refused(
    'pot_compliance:carol', 'list_flags', c.arguments, 'PT422', 'invalid_argument',
    jsonb_build_object('argument', c.argument, 'expected', c.expected), c.arguments::text
)
from (values
    ('page_size', '1 to 100', '{"page_size": 0}'::jsonb),
    ('page_size', '1 to 100', '{"page_size": 101}'),
    ('page_size', '1 to 100', '{"page_size": null}'),
    ('status', 'open, uphold_proposed, upheld or cleared', '{"status": "Open"}'),
    ('after', 'the id of a flag', '{"after": "00000000-0000-0000-0000-000000000000"}')
) as c (argument, expected, arguments);
select refused(
    'pot_compliance:carol', 'list_flags', on_pot('none'), 'PT404', 'pot_not_found', '{}',
    'an unknown pot'
);
select refused(
    'pot_compliance', 'list_flags', '{}', 'PT401', 'login_required', '{}', 'nobody in person'
);
select query_refused(
    c.caller, 'select to_jsonb(count(*)) from public.list_flags()',
    'permission denied for function list_flags', c.caller || ' lists none'
)
from unnest(
    '{anon,ann,pot_orchestrator,pot_settlement,pot_beacon,pot_treasury}'::text[]
) as c (caller);

select * from finish();
rollback;
