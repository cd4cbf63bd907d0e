-- metric_players counts an erased player under an id that is nobody's, and a reason at an alert
-- that says who somebody is goes with them.

begin;
\ir ../support/helpers.sql
select plan(14);

create function pg_temp.erase(p_player text)
returns jsonb
language sql
as $$
    select rpc('pot_compliance:carol', 'erase_player', jsonb_build_object(
        'user_id', user_id(p_player), 'reason', 'asked to be', 'forfeit', true
    ))
$$;
create function pg_temp.counted()
returns text[]
language sql
as $$
    select array_agg(n.name order by n.name)
    from private.metric_players as m
    inner join unnest('{ann,ben,cid}'::text[]) as n (name) on m.user_id = user_id(n.name)
$$;

delete from private.flag_policies where true;
select freeze_time('2030-01-01 12:00:00Z');
select make_user(n.name, 100) from unnest('{ann,ben,cid}'::text[]) as n (name);
select open_pot('first');
select join_pot('ann', 'first', 5);
select join_pot('ben', 'first', 5);
select bring_to('first', 'settled');
select rpc('pot_orchestrator', 'roll_up_metrics');
select is(pg_temp.counted(), '{ann,ben}', 'whoever played is counted');
create temporary table before on commit drop as
select m.first_pot, m.first_at, m.returned_at from private.metric_players as m;

-- An alert that ann is named at, and one that she is not.
select private.raise_alert('low_stock', null, '{"left": 1}');
select private.raise_alert('no_beacon_chain', null, '{}');
select rpc('pot_compliance:carol', 'ack_alert', jsonb_build_object(
    'alert_id', a.alert_id, 'reason', case a.kind
        when 'low_stock' then format('asked %s about it', upper(user_id('ann')::text))
        else 'minted some'
    end
))
from private.alerts as a
where a.kind in ('low_stock', 'no_beacon_chain');
select private.close_alerts('low_stock', null);

select pass_time('1 hour');
select ok(pg_temp.erase('ann') ? 'erased_at', 'ann is erased');
select is(
    (select jsonb_object_agg(a.kind, a.ack_reason) from private.alerts as a
    where a.ack_reason is not null),
    '{"low_stock": "(forgotten)", "no_beacon_chain": "minted some"}',
    'what named her is forgotten, also at a closed alert'
);
select is(
    pg_temp.counted(), '{ann,ben}', 'while joins of hers might not be counted yet, she stays'
);
select pass_time('1 minute');
select private.raise_alert('low_stock', null, '{"left": 1}');
select rpc('pot_orchestrator', 'roll_up_metrics');
select private.purge_expired(1000);
select is(pg_temp.counted(), '{ben}', 'then her id goes');
select set_eq(
    'select m.first_pot, m.first_at, m.returned_at from private.metric_players as m',
    'table before', 'and what is counted stays'
);

-- One whose joins come late is not counted twice.
select open_pot('second');
select join_pot('cid', 'second', 5);
select join_pot('ben', 'second', 5);
select bring_to('second', 'settled');
select pg_temp.erase('cid');
select pass_time('1 minute');
select private.purge_expired(1000);
select private.raise_alert('no_beacon_chain', null, '{}');
select rpc('pot_orchestrator', 'roll_up_metrics');
select is(
    (select count(*) from private.metric_players), 3::bigint, 'three people, three rows'
);
select is(pg_temp.counted(), '{ben,cid}', 'the last as cid until it is time');
select private.purge_expired(1000);
select is(pg_temp.counted(), '{ben}', 'then as nobody');
select is(
    (
        select array_agg(c.amount) from private.metric_counts as c
        where c.metric = 'players' and c.grain = 'day'
    ),
    '{3}', 'each counted once'
);
select private.rebuild_metrics();
select private.purge_expired(1000);
select is(pg_temp.counted(), '{ben}', 'who is counted anew is forgotten anew');

-- What nobody asked to be forgotten is forgotten by time.
select freeze_time('2031-01-01 14:00:00Z');
select private.purge_expired(1000);
select is(
    (select a.ack_reason from private.alerts as a where a.kind = 'no_beacon_chain' limit 1),
    'minted some', 'an alert that is open keeps its reason'
);
select private.close_alerts('no_beacon_chain', null);
select pass_time('364 days 23:59:59.999999');
select private.purge_expired(1000);
select is(
    (select a.ack_reason from private.alerts as a where a.kind = 'no_beacon_chain' limit 1),
    'minted some', 'for a year'
);
select pass_time('1 microsecond');
select private.purge_expired(1000);
select is(
    (
        select array_agg(distinct a.ack_reason) from private.alerts as a
        where a.ack_reason is not null
    ),
    '{(forgotten)}', 'after which it has none'
);

select * from finish();
rollback;
