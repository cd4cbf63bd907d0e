-- Not even the owner of the table rewrites what an alert was.

begin;
\ir ../support/helpers.sql
select plan(12);

select private.raise_alert('low_stock', null, '{"left": 1}');
select private.raise_alert('no_beacon_chain', null, '{}');
select private.close_alerts('low_stock', null);
select rpc('pot_compliance:carol', 'ack_alert', jsonb_build_object(
    'alert_id', a.alert_id, 'reason', 'a test'
))
from private.alerts as a
where a.kind = 'no_beacon_chain';

select throws_ok(
    format('update private.alerts set %s where kind = %L', c.change, c.kind),
    '23514', 'an alert is history', c.what
)
from (values
    ('low_stock', 'closed_at = null', 'a closed one opens no more'),
    ('low_stock', 'detail = ''{}''', 'and says what it said'),
    ('no_beacon_chain', 'kind = ''low_stock''', 'an open one keeps its kind'),
    ('no_beacon_chain', 'opened_at = opened_at + interval ''1 hour''', 'and its time'),
    ('no_beacon_chain', 'occurrences = 0', 'and its count'),
    ('no_beacon_chain', 'ack_reason = ''another''', 'and who looks after it, and why')
) as c (kind, change, what);
select throws_ok(
    'update private.alerts set ack_reason = private.forgotten_reason(), '
    'occurrences = occurrences + 1'
    ' where kind = ''no_beacon_chain''',
    '23514', 'an alert is history', 'nothing goes with a reason that is forgotten'
);
select lives_ok(
    'update private.alerts set ack_reason = private.forgotten_reason()'
    ' where kind = ''no_beacon_chain''',
    'that its reason is forgotten is no other history'
);
select throws_ok(
    'update private.alerts set ack_reason = private.forgotten_reason() where kind = ''low_stock''',
    '23514', null, 'where nobody gave a reason there is none to forget'
);
select throws_ok(
    'delete from private.alerts where true', '42501', null, 'none is deleted'
);
select throws_ok('truncate private.alerts', '42501', null, 'nor all');
select lives_ok(
    'update private.alerts set occurrences = occurrences + 1 where kind = ''no_beacon_chain''',
    'it counts on while it is open'
);

select * from finish();
rollback;
