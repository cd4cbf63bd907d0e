-- From a score on, the score itself included, a kind has an effect; that takes two people. Who
-- proposed and who confirmed it, why, and what was before is an event. Flags that exist keep what
-- was made of them.

begin;
\ir ../support/helpers.sql
select plan(79);

create function pg_temp.said(p_who text, p_kind text, p_effect text, p_min_score numeric)
returns jsonb
language sql
as $$
    select rpc('pot_compliance:' || p_who, 'set_flag_policy', jsonb_build_object(
        'kind', p_kind, 'effect', p_effect, 'min_score', p_min_score, 'reason', p_who || ' says so'
    ))
$$;
create function pg_temp.policy(p_kind text, p_effect text, p_min_score numeric)
returns jsonb
language plpgsql
as $$
begin
    perform pg_temp.said('dave', p_kind, p_effect, p_min_score);
    return pg_temp.said('carol', p_kind, p_effect, p_min_score);
end $$;
create function pg_temp.effects(p_kind text)
returns text
language sql
as $$
    select string_agg(format(
        '%s %s', s.score, coalesce(private.flag_effect(p_kind, s.score, 'lock', null), 'nothing')
    ), ', ' order by s.score)
    from unnest('{0,0.399,0.4,0.599,0.6,0.601,1}'::numeric[]) as s (score)
$$;

-- ----------------------------------------------------------------------------------------- borders
select is(
    pg_temp.effects('test_kind'),
    '0 note, 0.399 note, 0.4 note, 0.599 note, 0.6 note, 0.601 note, 1 note',
    'a kind without a policy is noted'
);
select is(
    pg_temp.policy('test_kind', 'hold', 0.6),
    '{"kind": "test_kind", "effect": "hold", "min_score": 0.600, "status": "set"}', 'set'
);
select is(
    pg_temp.effects('test_kind'),
    '0 nothing, 0.399 nothing, 0.4 nothing, 0.599 nothing, 0.6 hold, 0.601 hold, 1 hold',
    'from the score on, the score included; below there is no flag'
);
select pg_temp.policy('test_kind', 'note', 0.4);
select is(
    pg_temp.effects('test_kind'),
    '0 nothing, 0.399 nothing, 0.4 note, 0.599 note, 0.6 hold, 0.601 hold, 1 hold',
    'the strongest effect that is reached'
);
select look_at_tables();
select is(
    pg_temp.policy('test_kind', 'hold', 0.6004),
    '{"kind": "test_kind", "effect": "hold", "min_score": 0.600, "status": "set"}',
    'the same again, to the thousandth that is kept, is answered alike'
);
select is(changed_tables(), '{}', 'and writes nothing');

-- --------------------------------------------------------------------- what was made before stays
select open_pot('big');
select private.raise_flags(
    pot_id('big'),
    array_agg(row(user_id(r.name), null, 'test_kind', r.score, '{}')::private.suspicion), 'lock'
)
from (values ('ann', 0.599), ('bob', 0.6), ('cid', 0.399)) as r (name, score);
create temporary table flags_before on commit drop as select f.* from private.flags as f;
select is(
    (select jsonb_object_agg(f.score, f.effect) from flags_before as f),
    '{"0.599": "note", "0.600": "hold"}', 'flags are raised as the policy says'
);
select pg_temp.policy('test_kind', 'hold', 0.5);
select pg_temp.policy('test_kind', 'hold', null) is null;
select set_eq(
    'select * from private.flags', 'select * from flags_before', 'and keep their effect'
);
select is(
    pg_temp.effects('test_kind'),
    '0 nothing, 0.399 nothing, 0.4 note, 0.599 note, 0.6 note, 0.601 note, 1 note',
    'null takes the effect away'
);
select look_at_tables();
select is(
    pg_temp.policy('test_kind', 'hold', null),
    '{"kind": "test_kind", "effect": "hold", "min_score": null, "status": "set"}', 'once more'
);
select is(changed_tables(), '{}', 'writes nothing');
select pg_temp.policy('test_kind', 'refuse', 0.6);
select is(
    array[
        private.flag_effect('test_kind', 0.6, 'lock', null),
        private.flag_effect('test_kind', 0.6, 'join', null)
    ],
    '{hold,refuse}', 'what would have been refused at a join holds once the pot is locked'
);
select is(
    pg_temp.policy('zero_kind', 'hold', 0) || pg_temp.policy('one_kind', 'hold', 1),
    '{"kind": "one_kind", "effect": "hold", "min_score": 1.000, "status": "set"}',
    '0 and 1 are scores'
);

-- --------------------------------------------------------------------------------------- on record
select is(
    (
        select jsonb_agg(e.data || jsonb_build_object(
            'who', a.subject = user_id('carol')::text, 'pot', e.pot_id,
            'proposed_by', o.subject = user_id('dave')::text
        ) order by e.id)
        from private.events as e
        inner join private.actors as a on e.actor_id = a.actor_id
        inner join private.actors as o on (e.data ->> 'proposed_by')::uuid = o.actor_id
        where e.kind = 'flag_policy_set' and e.data ->> 'kind' = 'test_kind'
    ),
    (
        select jsonb_agg(jsonb_build_object(
            'kind', 'test_kind', 'effect', w.effect, 'min_score', w.score, 'before', w.before,
            'reason', 'carol says so', 'proposed_by', true, 'who', true, 'pot', null
        ) order by w.place)
        from (values
            (1, 'hold', 0.6, null), (2, 'note', 0.4, null), (3, 'hold', 0.5, 0.6),
            (4, 'hold', null, 0.5), (5, 'refuse', 0.6, null)
        ) as w (place, effect, score, before)
    ),
    'each change: who, why, what it is and what was before'
);

-- -------------------------------------------------------------------------------------- four eyes
select freeze_time('2030-01-01 12:00:00Z');
select is(
    pg_temp.said('carol', 'four_eyes', 'hold', 0.7),
    '{"kind": "four_eyes", "effect": "hold", "min_score": 0.700, "status": "proposed"}',
    'one person proposes'
);
select look_at_tables();
select is(
    pg_temp.said('carol', 'four_eyes', 'hold', 0.7) ->> 'status', 'proposed',
    'and is not a second one'
);
select is(changed_tables(), '{}', 'and writes nothing by asking again');
select is(
    pg_temp.said('dave', 'four_eyes', 'hold', 0.6) ->> 'status', 'proposed',
    'another number is another proposal'
);
select is(
    pg_temp.said('carol', 'four_eyes', 'hold', 0.7) ->> 'status', 'proposed',
    'which has taken the place of the first'
);
select is(
    private.flag_effect('four_eyes', 1, 'lock', null), 'note', 'nothing holds by what is proposed'
);
select pass_time('7 days');
select is(
    pg_temp.said('dave', 'four_eyes', 'hold', 0.7) ->> 'status', 'proposed',
    'after a week a proposal is none'
);
select is(
    pg_temp.said('carol', 'four_eyes', 'hold', 0.7) ->> 'status', 'set', 'a second person sets it'
);
select is(
    private.flag_effect('four_eyes', 0.7, 'lock', null), 'hold', 'and now it holds'
);
-- Looser is no easier.
select is(
    pg_temp.said('dave', 'four_eyes', 'hold', null) ->> 'status', 'proposed', 'to take it away, too'
);
select is(
    pg_temp.said('carol', 'four_eyes', 'hold', 0.7) ->> 'status', 'set',
    'what is set already takes the proposal back'
);
select is(
    pg_temp.said('carol', 'four_eyes', 'hold', null) ->> 'status', 'proposed',
    'so there is nothing to confirm'
);
select is(
    (
        select array_agg(e.data -> 'withdrawn' order by e.id)
        from private.events as e
        where e.kind = 'flag_policy_proposed' and e.data ->> 'kind' = 'four_eyes'
    ),
    array['false', 'false', 'false', 'false', 'false', 'true', 'false']::jsonb[],
    'each proposal is an event'
);

-- ---------------------------------------------------------------------------------------- refusals
select refused(
    'pot_compliance:carol', 'set_flag_policy',
    '{"kind": "test_kind", "effect": "hold", "min_score": 0.5, "reason": "a test"}'::jsonb
    || jsonb_build_object(c.argument, v.value),
    'PT422', 'invalid_argument',
    jsonb_build_object('argument', c.argument, 'expected', c.expected),
    format('%s %s', c.argument, coalesce(left(v.value, 45), 'missing'))
)
from (values
    (
        'kind', 'a kind of flag: 2 to 40 of a to z and _',
        array[null, '', 'a', 'Test', '_test', 'test kind', 'test1', repeat('a', 41)]
    ),
    ('effect', 'note, hold or refuse', array[null, '', 'Hold', 'exclude', 'hold ']),
    ('min_score', '0 to 1, or nothing', array['-0.001', '1.001', 'NaN', 'Infinity', '-Infinity']),
    ('reason', '1 to 500 characters', array[null, '', '   ', repeat('x', 501)])
) as c (argument, expected, wrong)
cross join unnest(c.wrong) as v (value);
select refused(
    'pot_compliance', 'set_flag_policy',
    '{"kind": "test_kind", "effect": "hold", "min_score": 0.5, "reason": "a test"}',
    'PT401', 'login_required', '{}', 'nobody in person'
);
select query_refused(
    c.caller, 'select public.set_flag_policy(''test_kind'', ''hold'', 0.5, ''a test'')',
    'permission denied for function set_flag_policy', c.caller || ' sets none'
)
from unnest(
    '{anon,ann,pot_orchestrator,pot_settlement,pot_beacon,pot_treasury}'::text[]
) as c (caller);

select * from finish();
rollback;
