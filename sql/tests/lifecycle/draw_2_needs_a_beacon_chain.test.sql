-- While no chain is set, draw 2 is refused by whoever would open or plan it, and rotate_pots keeps
-- the templates with draw 1 filled.

begin;
\ir ../support/helpers.sql
select plan(13);

select stock('big', 'other');
create temporary table terms on commit drop as
select '{
    "name": "beacon", "entry_cost": 10, "max_tickets": 10, "max_per_user": 5, "draw_version": 2
}'::jsonb as two;
select rpc('pot_orchestrator', 'upsert_pot_template', two) from terms;
update private.settings as s set beacon_chain_hash = null where s.only_row;

select refused(
    'pot_orchestrator', 'create_pot', (two - 'name') || on_pot('big'), 'PT409', 'wrong_state',
    '{"reason": "no beacon chain is set"}', 'create_pot'
)
from terms;
select refused(
    'pot_orchestrator', 'create_pot', (two - 'name') || on_pot('nowhere'), 'PT404', 'pot_not_found',
    '{"reason": "no commitment of that pot_id"}', 'existence comes first'
)
from terms;
select refused(
    'pot_orchestrator', 'upsert_pot_template', two, 'PT409', 'wrong_state',
    '{"reason": "no beacon chain is set"}', 'upsert_pot_template'
)
from terms;
select rpc('pot_orchestrator', 'upsert_pot_template', two || '{"name": "p", "draw_version": 1}')
from terms;
create temporary table rotated on commit drop as
select rpc('pot_orchestrator', 'rotate_pots') as body;
select is(
    (select array_agg(p.draw_version) from public.pots as p), '{1}',
    'the template of draw 1 is filled'
);
select is((body -> 'short')::integer, 1, 'the other one is short of a pot') from rotated;
select ok('no_beacon_chain' = any(open_alerts()), 'with an alert');
select is(
    jsonb_array_length(rpc('pot_orchestrator', 'rotate_pots') -> 'opened'), 0, 'again: nothing more'
);

select rpc('service_role', 'use_beacon_chain', jsonb_build_object(
    'chain_hash', '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971'
));
select rpc('pot_orchestrator', 'rotate_pots');
select is(
    (select array_agg(p.draw_version order by p.draw_version) from public.pots as p), '{1,2}',
    'a chain is set: the template of draw 2 is filled'
);
select ok('no_beacon_chain' <> all(open_alerts()), 'and the alert closed');
select rpc('pot_orchestrator', 'upsert_pot_template', two || '{"open_pots": 0}') from terms;
update private.settings as s set beacon_chain_hash = null where s.only_row;
select rpc('pot_orchestrator', 'rotate_pots');
select ok('no_beacon_chain' <> all(open_alerts()), 'a template that opens no pots awaits none');

select * from finish();
rollback;
