-- It opens what there is, counts what is missing and raises low_stock, which closes by itself.

begin;
\ir ../support/helpers.sql
select plan(6);

select stock('a', 'b');
select rpc('pot_orchestrator', 'upsert_pot_template', '{
    "name": "small", "entry_cost": 10, "max_tickets": 4, "max_per_user": 2, "open_pots": 3
}');
select is(
    rpc('pot_orchestrator', 'rotate_pots') - 'opened', '{"short": 1, "stock": 0}', 'one is missing'
);
select is(open_alerts(), '{low_stock}', 'and an alert is open');
select is(rpc('pot_orchestrator', 'rotate_pots') -> 'opened', '[]', 'the stock is still empty');
select is(
    (select array_agg(a.occurrences) from private.alerts as a), '{2}',
    'which is one alert, seen twice'
);
select stock(variadic array(select 'p' || n from generate_series(1, 11) as g (n)));
select is(
    rpc('pot_orchestrator', 'rotate_pots') - 'opened', '{"short": 0, "stock": 10}',
    'with new stock the missing one is opened'
);
select is(open_alerts(), '{}', 'and the alert is closed');

select * from finish();
rollback;
