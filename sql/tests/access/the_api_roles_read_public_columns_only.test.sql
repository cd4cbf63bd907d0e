-- winner_user_id, ip_hash and device_hash are hidden by column grants; so is whatever is private.

begin;
\ir ../support/helpers.sql
select plan(30);

select make_user('ann', 100);
select open_pot('big');
select join_pot('ann', 'big', 1);

select query_refused(
    r.caller, 'select to_jsonb(p.winner_user_id) from public.pots as p',
    'permission denied for table pots', r.caller || ' may not read winner_user_id'
)
from unnest('{anon,ann,pot_orchestrator,pot_settlement,pot_beacon}'::text[]) as r (caller);
select query_refused(
    r.caller, 'select to_jsonb(p) from public.pots as p',
    'permission denied for table pots', r.caller || ' may not read whole rows of pots'
)
from unnest('{anon,ann}'::text[]) as r (caller);
select query_refused(
    'ann', format('select to_jsonb(e.%I) from public.pot_entries as e', c.name),
    'permission denied for table pot_entries', 'ann may not read ' || c.name || ' of her own entry'
)
from unnest('{ip_hash,device_hash,stripe}'::text[]) as c (name);
select query_refused(
    r.caller, format('select to_jsonb(t) from %s as t limit 1', r.name),
    'permission denied for table ' || split_part(r.name, '.', 2),
    r.caller || ' may not read ' || r.name
)
from (values
    ('anon', 'public.pot_entries'), ('anon', 'public.pots_audit'), ('ann', 'public.pots_audit'),
    ('pot_orchestrator', 'public.pot_entries'), ('pot_settlement', 'public.pots_audit'),
    ('pot_treasury', 'public.pots'), ('ann', 'private.wallets'), ('ann', 'private.commitments'),
    ('service_role', 'private.commitments'), ('service_role', 'private.wallets'),
    ('pot_beacon', 'public.pot_entries'), ('pot_settlement', 'private.commitments'),
    ('pot_compliance:carol', 'private.actors')
) as r (caller, name);
select is(
    run_as(r.caller, 'select to_jsonb(array_agg(p.status)) from public.pots as p'), '["open"]',
    r.caller || ' reads what is public of a pot'
)
from unnest((
    '{anon,ann,service_role,pot_orchestrator,pot_settlement,pot_beacon,pot_compliance:carol}'
)::text[]) as r (caller);

select * from finish();
rollback;
