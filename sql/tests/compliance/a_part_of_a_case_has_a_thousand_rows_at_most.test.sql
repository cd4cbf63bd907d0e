-- Each part of get_case has a thousand rows at most, the newest or the gravest, and it says which
-- parts have more.

begin;
\ir ../support/helpers.sql
select plan(3);

select freeze_time('2030-01-01 12:00:00Z');
select open_pot('big');
create function pg_temp.add(p_many integer)
returns void
language sql
as $$
    insert into private.alerts (kind, pot_id, detail, opened_at, last_at)
    select 'test_alert_' || gen_random_uuid(), pot_id('big'), '{}', private.now(), private.now()
    from generate_series(1, p_many) as n;
    insert into private.flags (
        pot_id, user_id, kind, score, evidence, phase, effect, created_at, updated_at
    )
    select
        pot_id('big'), gen_random_uuid(), 'a_ring', 0.5, '{}', 'lock', 'note', private.now(),
        private.now()
    from generate_series(1, p_many) as n;
    -- And an event of each.
    select private.append_audit(pot_id('big'), 'resumed', null, '{}')
    from generate_series(1, p_many) as n;
$$;
create function pg_temp.lengths()
returns jsonb
language sql
as $$
    select jsonb_build_object(
        'alerts', jsonb_array_length(c.value #> '{history,alerts}'),
        'chain', jsonb_array_length(c.value #> '{history,chain}'),
        'events', jsonb_array_length(c.value #> '{history,events}'),
        'flags', jsonb_array_length(c.value -> 'flags'),
        'truncated', c.value -> 'truncated'
    )
    from rpc('pot_compliance:carol', 'get_case', on_pot('big')) as c (value)
$$;

-- That it was opened is the first of its chain.
select pg_temp.add(999);
select is(
    pg_temp.lengths(),
    '{"alerts": 999, "chain": 1000, "events": 1000, "flags": 999, "truncated": []}',
    'a thousand of the chain are all of it'
);
select pg_temp.add(1);
select is(
    pg_temp.lengths(),
    '{
        "alerts": 1000, "chain": 1000, "events": 1000, "flags": 1000,
        "truncated": ["chain", "events"]
    }',
    'one more is left out, and said to be; a thousand alerts and flags are all'
);
select pg_temp.add(1);
select is(
    pg_temp.lengths(),
    '{
        "alerts": 1000, "chain": 1000, "events": 1000, "flags": 1000,
        "truncated": ["alerts", "chain", "events", "flags"]
    }',
    'one more than a thousand of anything'
);

select * from finish();
rollback;
