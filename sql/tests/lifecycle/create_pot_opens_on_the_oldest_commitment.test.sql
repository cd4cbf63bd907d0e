-- Without pot_id the stock is used in the order it was added; when it is empty, wrong_state.

begin;
\ir ../support/helpers.sql
select plan(4);

select stock('one');
select stock('two');
create function pg_temp.create_next()
returns jsonb
language sql
as $$
    select rpc('pot_orchestrator', 'create_pot', '{
        "entry_cost": 10, "max_tickets": 10, "max_per_user": 5
    }')
$$;
select is(pg_temp.create_next() ->> 'pot_id', pot_id('one')::text, 'the oldest first');
select is(pg_temp.create_next() ->> 'pot_id', pot_id('two')::text, 'then the next');
select refused(
    'pot_orchestrator', 'create_pot',
    '{"entry_cost": 10, "max_tickets": 10, "max_per_user": 5}', 'PT409', 'wrong_state',
    '{"reason": "no commitment in the stock"}', 'and then the stock is empty'
);

select * from finish();
rollback;
