-- As many open pots of each template as it asks for; a second call at once opens nothing, and one
-- that ended is replaced.

begin;
\ir ../support/helpers.sql
select plan(18);

select stock(variadic array(select 'p' || n from generate_series(1, 20) as g (n)));
create function pg_temp.template(p_name text, p_more jsonb)
returns jsonb
language sql
as $$
    select rpc('pot_orchestrator', 'upsert_pot_template', jsonb_build_object(
        'name', p_name, 'entry_cost', 10, 'max_tickets', 4, 'max_per_user', 2
    ) || p_more)
$$;
create function pg_temp.open_now()
returns jsonb
language sql
as $$
    select jsonb_object_agg(n.name, n.pots)
    from (
        select t.name, count(*) filter (where p.status = 'open') as pots
        from private.pot_templates as t
        left join private.pot_states as s on t.id = s.template_id
        left join public.pots as p on s.pot_id = p.id
        group by t.name
    ) as n
$$;
select pg_temp.template('small', '{"open_pots": 2}');
select pg_temp.template('large', '{"open_pots": 3, "max_tickets": 40, "entry_cost": 5}');
select pg_temp.template('resting', '{"open_pots": 0}');

select is(
    rpc('pot_orchestrator', 'rotate_pots') - 'opened', '{"short": 0, "stock": 15}', 'five opened'
);
select is(pg_temp.open_now(), '{"small": 2, "large": 3, "resting": 0}', 'as the templates say');
select look_at_tables();
select is(
    rpc('pot_orchestrator', 'rotate_pots'), '{"opened": [], "short": 0, "stock": 15}',
    'the second call finds nothing to do'
);
select is(changed_tables(), '{}', 'and does nothing');
select rpc('pot_compliance:carol', 'void_pot', jsonb_build_object('pot_id', p.id, 'reason', 'test'))
from public.pots as p
where p.id = (
    select s.id from public.pots as s where s.max_tickets = 4 order by s.created_at limit 1
);
select is(
    jsonb_array_length(rpc('pot_orchestrator', 'rotate_pots') -> 'opened'), 1,
    'one ended, one opened'
);
select is(
    pg_temp.template('small', '{"open_pots": 1, "entry_cost": 7}') - 'template_id',
    '{
        "name": "small", "entry_cost": 7, "max_tickets": 4, "max_per_user": 2,
        "min_participants": 2, "fill_seconds": 300, "draw_version": 1, "open_pots": 1
    }',
    'a template is changed by its name'
);
select is(
    rpc('pot_orchestrator', 'rotate_pots') -> 'opened', '[]',
    'two are more than one: none is opened'
);
select is(
    (select count(*) from public.pots as p where p.max_tickets = 4 and p.entry_cost = 7), 0::bigint,
    'and open pots keep their terms'
);
select refused(
    'pot_orchestrator', 'upsert_pot_template', jsonb_build_object(
        'name', 'small', 'entry_cost', 10, 'max_tickets', 4, 'max_per_user', 2
    ) || c.more,
    'PT422', 'invalid_argument',
    jsonb_build_object('argument', c.argument, 'expected', c.expected), c.more::text
)
from (values
    ('name', '1 to 100 characters', '{"name": ""}'::jsonb),
    ('name', '1 to 100 characters', '{"name": null}'),
    ('name', '1 to 100 characters', jsonb_build_object('name', repeat('n', 101))),
    ('open_pots', '0 to 1000', '{"open_pots": -1}'),
    ('open_pots', '0 to 1000', '{"open_pots": 1001}')
) as c (argument, expected, more);

select * from finish();
rollback;
