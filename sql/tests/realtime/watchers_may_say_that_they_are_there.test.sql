-- Presence on pots:*: Realtime asks by an insert that it rolls back. No other topic, no other
-- extension, and not for a topic that is not the one under authorisation.

begin;
\ir ../support/helpers.sql
select plan(16);

create function pg_temp.sends(p_caller text, p_extension text, p_topic text, p_asked text)
returns boolean
language plpgsql
as $$
begin
    perform set_config('realtime.topic', p_asked, true);
    perform run_as(
        p_caller,
        format(
            'insert into realtime.messages (topic, extension, private) '
            'values (%L, %L, true) returning null::jsonb',
            p_topic, p_extension
        )
    );
    return true;
exception
    when insufficient_privilege then
        return false;
end $$;
select make_user('ann', 0);
select is(
    pg_temp.sends(c.caller, t.extension, t.topic, t.asked), t.may,
    format('%s, %s on %s, asked for %s', c.caller, t.extension, t.topic, t.asked)
)
from unnest('{anon,ann}'::text[]) as c (caller)
cross join (values
    ('presence', 'pots:lobby', 'pots:lobby', true),
    ('presence', 'pots:' || gen_random_uuid(), '', false),
    ('presence', 'pots:lobby', 'pots:other', false),
    ('presence', 'wallet:' || user_id('ann'), 'wallet:' || user_id('ann'), false),
    ('presence', 'live-drops', 'live-drops', false),
    ('broadcast', 'pots:lobby', 'pots:lobby', false),
    ('postgres_changes', 'pots:lobby', 'pots:lobby', false),
    ('presence', 'xpots:lobby', 'xpots:lobby', false)
) as t (extension, topic, asked, may);

select * from finish();
rollback;
