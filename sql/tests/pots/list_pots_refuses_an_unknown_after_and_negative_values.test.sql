-- `after` must be a pot; a value is an amount of credits.

begin;
\ir ../support/helpers.sql
select plan(8);

select refused(
    'anon', 'list_pots', jsonb_build_object('after', pot_id('nowhere')),
    'PT404', 'pot_not_found', '{"argument": "after"}', 'after an unknown pot'
);
select refused(
    'anon', 'list_pots', jsonb_build_object(a.name, -1),
    'PT422', 'invalid_argument',
    jsonb_build_object('argument', a.name, 'expected', '0 to 9223372036854775807'),
    'a negative ' || a.name
)
from unnest('{min_value,max_value}'::text[]) as a (name);
select refused(
    'anon', 'list_pots', jsonb_build_object('page_size', 0, 'after', pot_id('nowhere')),
    'PT422', 'invalid_argument', '{"argument": "page_size", "expected": "1 to 100"}',
    'the shape of the arguments is looked at before what exists'
);

select * from finish();
rollback;
