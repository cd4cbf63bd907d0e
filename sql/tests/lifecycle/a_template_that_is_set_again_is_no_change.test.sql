-- Whoever did not hear the answer sets the template again: the same answer, and nobody who listens
-- to events hears of it twice. Each of its terms alone is a change.

begin;
\ir ../support/helpers.sql
select plan(10);

select freeze_time('2030-01-01 12:00:00Z');
create function pg_temp.template(p_more jsonb default '{}')
returns jsonb
language sql
as $$
    select rpc('pot_orchestrator', 'upsert_pot_template', jsonb_build_object(
        'name', 'small', 'entry_cost', 10, 'max_tickets', 4, 'max_per_user', 2
    ) || p_more)
$$;
create function pg_temp.changed_by(p_more jsonb)
returns text[]
language plpgsql
as $$
declare
    v_changed text[];
begin
    perform look_at_tables();
    perform pg_temp.template(p_more);
    v_changed := changed_tables();
    perform pg_temp.template();
    return v_changed;
end $$;

create temporary table answer on commit drop as
select pg_temp.template() as first;
select pass_time('1 second');
select look_at_tables();
select is(pg_temp.template(), a.first, 'the template is set again')
from answer as a;
select is(changed_tables(), '{}', 'and nothing changed');
select is(
    (
        select array_agg(e.data) from private.events as e where e.kind = 'pot_template_set'
    ),
    array[a.first], 'one event tells of it'
)
from answer as a;

select is(
    pg_temp.changed_by(c.more), '{private.events,private.pot_templates}',
    c.more::text || ' is a change'
)
from (values
    ('{"entry_cost": 11}'::jsonb), ('{"max_tickets": 5}'), ('{"max_per_user": 3}'),
    ('{"min_participants": 1}'), ('{"fill_seconds": 60}'), ('{"draw_version": 2}'),
    ('{"open_pots": 2}')
) as c (more);

select * from finish();
rollback;
