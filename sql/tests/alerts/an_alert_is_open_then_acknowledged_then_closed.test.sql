-- One row an alert, however often its cause is seen; a person acknowledges it; it closes when the
-- cause ends. Each change is told once, by an event and on topic alerts, and why somebody looks
-- after it is told to compliance alone.

begin;
\ir ../support/helpers.sql
select plan(18);

select freeze_time('2030-01-01 12:00:00Z');
create function pg_temp.listed(p_more jsonb default '{}')
returns jsonb
language sql
as $$
    select coalesce(jsonb_agg(
        r - '{alert_id,pot_id,acknowledged_by}'::text[] order by r ->> 'opened_at'
    ), '[]')
    from jsonb_array_elements(rpc('pot_compliance:carol', 'list_alerts', p_more)) as l (r)
$$;
create function pg_temp.told()
returns text[]
language sql
as $$
    select coalesce(array_agg(e.kind order by e.id), '{}')
    from private.events as e
    where e.kind like 'alert%'
$$;
create function pg_temp.alert_id()
returns jsonb
language sql
as $$
    select jsonb_build_object('alert_id', a.alert_id) from private.alerts as a
$$;

-- A stock of none opens one; the rotation that follows finds it open.
select rpc('pot_orchestrator', 'rotate_pots');
select pass_time('1 second');
select rpc('pot_orchestrator', 'rotate_pots');
select is(
    pg_temp.listed(),
    '[{
        "kind": "low_stock", "severity": "page", "status": "open", "detail": {"left": 0},
        "occurrences": 2,
        "opened_at": "2030-01-01T12:00:00.000000Z", "last_at": "2030-01-01T12:00:01.000000Z",
        "acknowledged_at": null, "ack_reason": null, "closed_at": null
    }]',
    'one row, seen twice'
);
select is(pg_temp.told(), '{alert_opened}', 'told once');
select is(
    (
        select e.data
        from private.events as e
        where e.kind = 'alert_opened'
    ),
    pg_temp.alert_id() || '{
        "kind": "low_stock", "severity": "page", "detail": {"left": 0},
        "opened_at": "2030-01-01T12:00:00.000000Z"
    }',
    'with what it is'
);
select is(pg_temp.listed('{"status": "open"}') -> 0 ->> 'status', 'open', 'listed as open');
select is(pg_temp.listed('{"status": "acknowledged"}'), '[]', 'not as acknowledged');

select pass_time('1 second');
select is(
    rpc(
        'pot_compliance:carol', 'ack_alert', pg_temp.alert_id() || '{"reason": "signer down"}'
    ) - 'acknowledged_by',
    pg_temp.alert_id() || '{
        "kind": "low_stock", "pot_id": null, "acknowledged_at": "2030-01-01T12:00:02.000000Z"
    }',
    'somebody looks after it'
);
select pass_time('1 second');
select is(
    rpc('pot_compliance:carol', 'ack_alert', pg_temp.alert_id() || '{"reason": "again"}')
    ->> 'acknowledged_at',
    '2030-01-01T12:00:02.000000Z', 'said again, the first answer'
);
select refused(
    'pot_compliance:dave', 'ack_alert', pg_temp.alert_id() || '{"reason": "me too"}',
    'PT409', 'wrong_state', '{"status": "acknowledged"}', 'somebody else'
);
select is(
    (
        select array_agg(p.subject order by p.subject)
        from private.alerts as a
        inner join private.actors as p on a.acknowledged_by = p.actor_id
    ),
    array[user_id('carol')::text], 'by pseudonym'
);
select is(
    (
        select jsonb_agg(e.data - 'alert_id' order by e.id)
        from private.events as e
        where e.kind = 'alert_acknowledged'
    ) #>> '{0,kind}', 'low_stock', 'told'
);
select is(
    (select count(*) from private.events as e where e.data::text like '%signer down%'), 0::bigint,
    'without the reason'
);

select stock(variadic array(select 'p' || n from generate_series(1, 20) as g (n)));
select pass_time('1 second');
select rpc('pot_orchestrator', 'rotate_pots');
select is(
    pg_temp.listed('{"status": "closed"}') -> 0 ->> 'closed_at', '2030-01-01T12:00:04.000000Z',
    'closed by itself'
);
select is(
    (select array_agg(m.event) from messages('alerts') as m), '{opened,acknowledged,closed}',
    'topic alerts heard all of it'
);
select is(
    (select jsonb_agg(m.payload -> 'version') from messages('alerts') as m), '[1, 2, 3]',
    'in versions that rise'
);
select is(
    pg_temp.told(), '{alert_opened,alert_acknowledged,alert_closed}', 'and so did the events'
);
select refused(
    'pot_compliance:dave', 'ack_alert', pg_temp.alert_id() || '{"reason": "too late"}',
    'PT409', 'wrong_state', '{"status": "closed"}', 'nobody acknowledges a closed one'
);

select * from finish();
rollback;
