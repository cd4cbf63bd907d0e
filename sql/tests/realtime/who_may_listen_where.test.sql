-- anon, players and compliance hear pots:* and live-drops, a player the own wallet; nobody
-- another's. Only compliance hears alerts; no other role anything.

begin;
\ir ../support/helpers.sql
select plan(47);

create function pg_temp.hears(p_caller text, p_topic text)
returns boolean
language plpgsql
as $$
declare
    v_heard boolean;
begin
    -- As Supabase asks: a row of the topic, read back as the caller.
    insert into realtime.messages (topic, extension, private)
    values (p_topic, 'broadcast', true), (p_topic, 'presence', true);
    perform set_config('realtime.topic', p_topic, true);
    -- What is said on topic alerts is heard; nobody is seen to listen.
    v_heard := run_as(p_caller, format(
        'select to_jsonb(count(*) = %s) from realtime.messages', 2 - (p_topic ~ 'alerts')::integer
    ));
    perform forget_messages();
    return v_heard;
end $$;
select is(
    pg_temp.hears(c.caller, t.topic), t.hears ~ ('\m' || c.caller || '\M'),
    format('%s on %s', c.caller, t.topic)
)
from unnest('{anon,ann,bob,pot_compliance:carol}'::text[]) as c (caller)
cross join (values
    ('pots:lobby', 'anon ann bob pot_compliance:carol'),
    ('pots:' || pot_id('big'), 'anon ann bob pot_compliance:carol'),
    ('live-drops', 'anon ann bob pot_compliance:carol'),
    ('wallet:' || user_id('ann'), 'ann'),
    ('wallet:' || user_id('bob'), 'bob'),
    ('wallet:', ''),
    ('wallet:' || user_id('ann') || 'x', ''),
    ('xpots:lobby', ''),
    ('pots', ''),
    ('alerts', 'pot_compliance:carol'),
    ('other', '')
) as t (topic, hears);
select query_refused(
    c.caller, 'select to_jsonb(count(*)) from realtime.messages',
    'permission denied for ' || c.what, c.caller || ' hears nothing'
)
from (values
    ('pot_orchestrator', 'schema realtime'), ('pot_settlement', 'schema realtime'),
    ('pot_treasury', 'schema realtime')
) as c (caller, what);

select * from finish();
rollback;
