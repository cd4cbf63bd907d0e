-- Shape of the list and of each pair; one bad pair spoils the whole list.

begin;
\ir ../support/helpers.sql
select plan(46);

select refused(
    'pot_settlement', 'add_commitments', jsonb_build_object('commitments', c.list),
    'PT422', 'invalid_argument',
    '{"argument": "commitments", "expected": "an array of {pot_id, commit_hash}"}',
    coalesce(c.list::text, 'NULL')
)
from unnest(array[null, '{}', '"x"', '7', 'true']::jsonb[]) as c (list);

create function pg_temp.pair(p_more jsonb)
returns jsonb
language sql
as $$
    select jsonb_build_object('pot_id', pot_id('a'), 'commit_hash', commit_hash('a')) || p_more
$$;
select refused(
    'pot_settlement', 'add_commitments', jsonb_build_object('commitments', c.list),
    'PT422', 'invalid_argument',
    '{"argument": "commitments",
      "expected": "1 to 10000 of {pot_id: uuid, commit_hash: SHA-256 of a random seed, hex}"}',
    c.what
)
from (values
    ('an empty list', '[]'::jsonb),
    ('no object', '[7]'),
    ('a list in the list', '[[]]'),
    ('an empty pair', '[{}]'),
    ('no hash', jsonb_build_array(pg_temp.pair('{}') - 'commit_hash')),
    ('no id', jsonb_build_array(pg_temp.pair('{}') - 'pot_id')),
    ('a seed beside it', jsonb_build_array(pg_temp.pair('{"reveal_seed": "00"}'))),
    ('a null hash', jsonb_build_array(pg_temp.pair('{"commit_hash": null}'))),
    ('a number', jsonb_build_array(pg_temp.pair('{"commit_hash": 7}'))),
    ('63 digits', jsonb_build_array(pg_temp.pair(
        jsonb_build_object('commit_hash', repeat('a', 63))
    ))),
    ('65 digits', jsonb_build_array(pg_temp.pair(
        jsonb_build_object('commit_hash', repeat('a', 65))
    ))),
    ('upper case', jsonb_build_array(pg_temp.pair(
        jsonb_build_object('commit_hash', repeat('A', 64))
    ))),
    ('a line end', jsonb_build_array(pg_temp.pair(
        jsonb_build_object('commit_hash', repeat('a', 64) || chr(10))
    ))),
    ('no uuid', jsonb_build_array(pg_temp.pair('{"pot_id": "big"}'))),
    ('a uuid in braces', jsonb_build_array(pg_temp.pair(
        jsonb_build_object('pot_id', '{' || pot_id('a') || '}')
    ))),
    ('the hash of 32 zero bytes', jsonb_build_array(pg_temp.pair(jsonb_build_object(
        'commit_hash', '66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925'
    )))),
    ('a good pair and a bad one', jsonb_build_array(pg_temp.pair('{}'), '{}'::jsonb)),
    ('10001 pairs', (
        select jsonb_agg(pg_temp.pair('{}')) from generate_series(1, 10001)
    ))
) as c (what, list);

select * from finish();
rollback;
