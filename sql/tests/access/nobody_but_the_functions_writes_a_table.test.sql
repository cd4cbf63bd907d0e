-- INSERT, UPDATE, DELETE and TRUNCATE of the public tables fail for every role, service_role too.

begin;
\ir ../support/helpers.sql
select plan(120);

select open_pot('big');
select query_refused(
    r.caller, format(c.command, t.name),
    'permission denied for table ' || t.name, format('%s, %s', r.caller, format(c.command, t.name))
)
from unnest(
    (
        '{anon,ann,service_role,pot_orchestrator,pot_settlement,pot_beacon,'
        'pot_compliance:carol,pot_treasury,pot_events,pot_webhooks}'
    )::text[]
) as r (caller)
cross join unnest('{pots,pot_entries,pots_audit}'::text[]) as t (name)
cross join unnest(array[
    'insert into public.%s default values returning null::jsonb',
    'update public.%s set created_at = created_at where true returning null::jsonb',
    'delete from public.%s where true returning null::jsonb',
    'truncate public.%s'
]) as c (command);

select * from finish();
rollback;
