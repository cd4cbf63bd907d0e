-- No policy lets anybody insert a broadcast: neither a direct insert nor realtime.send() of a
-- player writes a row.

begin;
\ir ../support/helpers.sql
select plan(6);

set local client_min_messages = error;
select make_user('ann', 100);
select query_refused(
    c.caller,
    format(
        'insert into realtime.messages (topic, extension, event, payload, private) '
        'values (%L, ''broadcast'', ''settled'', ''{}'', true) returning null::jsonb',
        t.topic
    ),
    'new row violates row-level security policy for table "messages"',
    format('%s inserts on %s', c.caller, t.topic)
)
from unnest('{anon,ann}'::text[]) as c (caller)
cross join unnest(array['pots:lobby', 'wallet:' || user_id('ann')]) as t (topic);
select forget_messages();
select run_as(
    c.caller,
    'select to_jsonb(realtime.send(''{}''::jsonb, ''settled'', ''pots:lobby'', true)::text)'
)
from unnest('{anon,ann}'::text[]) as c (caller);
select is((select count(*) from realtime.messages), 0::bigint, 'what they send is not kept');
select open_pot('big');
select is((select count(*) from realtime.messages), 1::bigint, 'what the functions send is');

select * from finish();
rollback;
