-- pot_id, version and at in each payload; a pot's version rises with every message of its topic.

begin;
\ir ../support/helpers.sql
select plan(37);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 1000);
select open_pot('big', '{"max_tickets": 3, "max_per_user": 1}');
select join_pot('ann', 'big', 1);
select cancel_entry('ann', 'big');
select rpc('pot_compliance:carol', 'pause_pot', on_pot('big', '{"reason": "a look"}'));
select rpc('pot_compliance:carol', 'resume_pot', on_pot('big', '{"reason": "fine"}'));
select bring_to('big', 'attested');
-- As if the lobby had heard of it a while ago, so that it hears of the claim.
update private.lobby_pulses set sent_at = '-infinity' where pot_id = pot_id('big');
select claim('big');
select reveal('big');

select is(
    m.payload -> 'pot_id', to_jsonb(pot_id('big')), format('%s on %s: the pot', m.event, t.topic)
)
from (values ('pots:lobby'), ('pots:' || pot_id('big')), ('live-drops')) as t (topic)
cross join messages(t.topic) as m;
select is(
    m.payload ->> 'at', '2030-01-01T12:00:00.000000Z', format('%s on %s: when', m.event, t.topic)
)
from (values ('pots:lobby'), ('pots:' || pot_id('big')), ('live-drops')) as t (topic)
cross join messages(t.topic) as m;
select is(
    array_agg(m.version order by m.place),
    (array_agg(distinct m.version order by m.version)),
    t.topic || ': each version is above the one before'
)
from (values ('pots:lobby'), ('pots:' || pot_id('big'))) as t (topic)
cross join lateral (
    select (n.payload -> 'version')::bigint as version, n.place
    from messages(t.topic) with ordinality as n (event, payload, place)
) as m
group by t.topic;
select is(
    (rpc('anon', 'get_pot', on_pot('big')) -> 'version')::bigint,
    (
        select max((m.payload -> 'version')::bigint)
        from messages('pots:' || pot_id('big')) as m
    ),
    'and the last one is what get_pot says'
);

select * from finish();
rollback;
