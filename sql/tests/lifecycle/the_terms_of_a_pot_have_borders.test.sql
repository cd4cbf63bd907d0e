-- Each term is named when it is out of range; the price of all tickets stays under 2^53 too.

begin;
\ir ../support/helpers.sql
select plan(75);

select stock('big');
create temporary table terms on commit drop as
select '{
    "entry_cost": 10, "max_tickets": 10, "max_per_user": 5, "min_participants": 2,
    "fill_seconds": 300, "draw_version": 1
}'::jsonb as good;

select refused(
    'pot_orchestrator', f.name, t.good || f.more || jsonb_build_object(c.argument, c.value),
    'PT422', 'invalid_argument',
    jsonb_build_object('argument', c.argument, 'expected', '1 to ' || c.most),
    format('%s of %s: %s', c.argument, f.name, coalesce(c.value::text, 'NULL'))
)
from terms as t
cross join (values
    ('create_pot', on_pot('big')), ('upsert_pot_template', '{"name": "x"}'::jsonb)
) as f (name, more)
cross join (values
    ('entry_cost', 0, '9007199254740991'), ('entry_cost', -1, '9007199254740991'),
    ('entry_cost', null, '9007199254740991'), ('entry_cost', 9007199254740992, '9007199254740991'),
    ('max_tickets', 0, '2147483647'), ('max_tickets', null, '2147483647'),
    ('max_per_user', 0, '10'), ('max_per_user', 11, '10'), ('max_per_user', null, '10'),
    ('min_participants', 0, '10'), ('min_participants', 11, '10'),
    ('min_participants', null, '10'),
    ('fill_seconds', 0, '2592000'), ('fill_seconds', 2592001, '2592000'),
    ('fill_seconds', null, '2592000'),
    ('draw_version', 3, '2'), ('draw_version', 0, '2'), ('draw_version', null, '2')
) as c (argument, value, most);
select refused(
    'pot_orchestrator', 'create_pot',
    t.good || on_pot('big', '{"entry_cost": 1000000000000000, "max_tickets": 10}'),
    'PT422', 'invalid_argument', '{"argument": "max_tickets", "expected": "1 to 9"}',
    'ten tickets of 10^15 credits are more than 2^53-1'
)
from terms as t;
select ok(
    rpc('pot_orchestrator', 'create_pot', t.good || on_pot('big', '{
        "entry_cost": 4194304, "max_tickets": 2147483647, "max_per_user": 2147483647,
        "min_participants": 2147483647, "fill_seconds": 2592000
    }')) ? 'pot_id',
    'at every border it opens: 2^22 times 2^31-1 is under 2^53'
)
from terms as t;

select * from finish();
rollback;
