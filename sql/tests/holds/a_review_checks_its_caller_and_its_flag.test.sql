-- Shape, login, existence, state, and then who asks: nobody judges a flag of their own, nor any of
-- a pot that they play or played in.

begin;
\ir ../support/helpers.sql
select plan(41);

create function pg_temp.asked(p_flag uuid, p_more jsonb default '{}')
returns jsonb
language sql
as $$
    select jsonb_build_object('flag_id', p_flag, 'decision', 'clear', 'reason', 'I looked')
    || p_more
$$;
select freeze_time('2030-01-01 12:00:00Z');
select make_user(n.name, 100) from unnest('{ann,bob,cid,dee}'::text[]) as n (name);
select open_pot('big', '{"max_tickets": 10, "max_per_user": 3}');
select join_pot('ann', 'big', 2);
select join_pot('bob', 'big', 2);
select join_pot('cid', 'big', 2);
select cancel_entry('cid', 'big');
create temporary table flags on commit drop as
select flag(user_id('ann'), 'big') as one, flag(user_id('dee'), 'big', 'refuse', 'ring') as two;

select refused(
    'pot_compliance', 'review_flag', pg_temp.asked(null), 'PT422', 'invalid_argument',
    '{"argument": "flag_id", "expected": "a value"}', 'no flag'
);
select refused(
    'pot_compliance', 'review_flag', pg_temp.asked(f.one, jsonb_build_object('decision', d.said)),
    'PT422', 'invalid_argument', '{"argument": "decision", "expected": "clear or uphold"}',
    coalesce(d.said, 'no') || ' decision'
)
from flags as f
cross join unnest(array[null, '', 'Clear', 'exclude', 'clear ']) as d (said);
select refused(
    'pot_compliance', 'review_flag', pg_temp.asked(f.one, jsonb_build_object('reason', d.said)),
    'PT422', 'invalid_argument', '{"argument": "reason", "expected": "1 to 500 characters"}',
    'no reason'
)
from flags as f
cross join unnest(array[null, '   ', repeat('x', 501)]) as d (said);
select refused(
    'pot_compliance', 'review_flag', pg_temp.asked(f.one), 'PT401', 'login_required', '{}',
    'nobody in person'
)
from flags as f;
select refused(
    'pot_compliance:carol', 'review_flag', pg_temp.asked(pot_id('big')), 'PT404',
    'entry_not_found', '{"argument": "flag_id"}', 'an unknown flag'
);
select refused(
    'pot_compliance:' || n.name, 'review_flag', pg_temp.asked(f.one), 'PT403', 'not_allowed',
    '{"reason": "an interest in this pot"}', n.what
)
from flags as f
cross join (values
    ('ann', 'the flagged player'), ('bob', 'another entrant'), ('cid', 'one who left')
) as n (name, what);
select refused(
    'pot_compliance:dee', 'review_flag', pg_temp.asked(f.two), 'PT403', 'not_allowed',
    '{"reason": "an interest in this pot"}', 'whom a flag is on without an entry'
)
from flags as f;
select is(review('carol', f.one, 'clear') ->> 'status', 'cleared', 'a person without an interest')
from flags as f;
select refused(
    'pot_compliance:carol', 'review_flag', pg_temp.asked(f.one, '{"decision": "uphold"}'),
    'PT409', 'wrong_state', '{"status": "cleared"}', 'what is cleared stays cleared'
)
from flags as f;
select refused(
    'pot_compliance:dave', 'review_flag', pg_temp.asked(f.one), 'PT409', 'wrong_state',
    '{"status": "cleared"}', 'also for who would have cleared it'
)
from flags as f;

-- A clear while it is proposed to uphold clears, whoever says it.
select is(review('carol', f.two, 'uphold') ->> 'status', 'uphold_proposed', 'proposed')
from flags as f;
select is(review('dave', f.two, 'clear') ->> 'status', 'cleared', 'and cleared by the second')
from flags as f;
select refused(
    'pot_compliance:carol', 'review_flag', pg_temp.asked(f.two, '{"decision": "uphold"}'),
    'PT409', 'wrong_state', '{"status": "cleared"}', 'the proposal is not repeated after that'
)
from flags as f;

-- Two persons it must be, also for who writes the table.
select throws_ok(
    format(
        'update private.flags set status = ''upheld'', proposed_by = a.actor_id,'
        ' proposed_at = now(), reviewed_by = a.actor_id, reviewed_at = now()'
        ' from private.actors as a where flag_id = %L and a.subject = %L',
        f.two, user_id('carol')
    ), '23514', null, 'four eyes, by the table''s own rule'
)
from flags as f;
select is(
    (
        select array_agg(e.data - '{flag_id}'::text[] order by e.id)
        from private.events as e
        where e.kind = 'flag_reviewed'
    ),
    array[
        '{"kind": "shared_device", "payout": null, "status": "cleared", "decision": "clear"}',
        '{"kind": "ring", "payout": null, "status": "uphold_proposed", "decision": "uphold"}',
        '{"kind": "ring", "payout": null, "status": "cleared", "decision": "clear"}'
    ]::jsonb[], 'each review is an event without a word of the reason'
);

select * from finish();
rollback;
