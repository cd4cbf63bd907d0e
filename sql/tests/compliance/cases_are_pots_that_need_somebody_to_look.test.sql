-- list_cases: pots with open flags, open alerts, a held payout or paused entries, newest first.

begin;
\ir ../support/helpers.sql
select plan(8);

create function pg_temp.cases(p_arguments jsonb default '{}')
returns jsonb
language sql
as $$
    select coalesce(jsonb_agg(jsonb_build_array(p.name, c -> 'needs') order by c.number), '[]')
    from jsonb_array_elements(rpc('pot_compliance:carol', 'list_cases', p_arguments))
        with ordinality as c (c, number)
    inner join unnest('{quiet,flagged,paused,alerted,both}'::text[]) as p (name)
        on c.c ->> 'pot_id' = pot_id(p.name)::text
$$;
create function pg_temp.flag(p_player text, p_pot text, p_effect text, p_score numeric)
returns void
language sql
as $$
    insert into private.flags (
        pot_id, user_id, kind, score, evidence, phase, effect, created_at, updated_at
    )
    values (
        pot_id(p_pot), user_id(p_player), 'shared_ip', p_score, '{}', 'join', p_effect,
        private.now(), private.now()
    )
$$;

do $$
begin
    for v_i in 0..4 loop
        perform freeze_time(timestamptz '2030-01-01 12:00:00Z' + v_i * interval '1 second');
        perform open_pot(('{quiet,flagged,paused,alerted,both}'::text[])[v_i + 1]);
    end loop;
end $$;
select is(pg_temp.cases(), '[]', 'nobody needs to look at anything');

select pg_temp.flag('ann', 'flagged', 'note', 0.3);
select pg_temp.flag('ben', 'flagged', 'hold', 0.8);
select pg_temp.flag('ben', 'both', 'note', 0.2);
select rpc('pot_compliance:carol', 'pause_pot', on_pot('paused', '{"reason": "a look"}'));
select private.raise_alert('test_alert', pot_id('alerted'), '{}');
select private.raise_alert('other_alert', pot_id('both'), '{}');
select is(
    pg_temp.cases(),
    '[
        ["both", ["alerts", "flags"]], ["alerted", ["alerts"]], ["paused", ["paused"]],
        ["flagged", ["flags"]]
    ]',
    'four do, newest first'
);
select is(
    pg_temp.cases('{"needs": "flags"}'),
    '[["both", ["alerts", "flags"]], ["flagged", ["flags"]]]', 'those with flags'
);
select is(
    pg_temp.cases('{"needs": "hold"}'), '[]', 'none holds a payout'
);
select is(
    pg_temp.cases(jsonb_build_object('page_size', 2, 'after', pot_id('alerted'))),
    '[["paused", ["paused"]], ["flagged", ["flags"]]]', 'a page, after another'
);
select is(
    rpc('pot_compliance:carol', 'list_cases', '{"needs": "flags"}') -> 1,
    jsonb_build_object(
        'pot_id', pot_id('flagged'), 'status', 'open', 'paused', false, 'needs', '["flags"]'::jsonb,
        'open_flags', 2, 'holding_flags', 1, 'max_score', 0.800, 'alerts', '[]'::jsonb,
        'tickets_sold', 0, 'credits_committed', 0, 'participant_count', 0,
        'created_at', '2030-01-01T12:00:01.000000Z', 'locks_at', '2030-01-01T12:05:01.000000Z',
        'locked_at', null
    ),
    'a case in full'
);
update private.flags
set status = 'cleared', reviewed_by = gen_random_uuid(), reviewed_at = private.now()
where pot_id = pot_id('flagged');
select private.close_alerts('other_alert', pot_id('both'));
select rpc('pot_compliance:carol', 'resume_pot', on_pot('paused', '{"reason": "fine"}'));
select is(
    pg_temp.cases(), '[["both", ["flags"]], ["alerted", ["alerts"]]]', 'what is done is gone'
);
select is(
    rpc('pot_compliance:carol', 'list_cases', '{"needs": "alerts"}') -> 0 -> 'alerts',
    '["test_alert"]', 'the alerts that are open'
);

select * from finish();
rollback;
