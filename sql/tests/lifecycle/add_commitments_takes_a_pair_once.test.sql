-- The same pair again changes nothing; a known id with another hash, or a known hash with another
-- id, is commit_reused, and then nothing of the list is kept.

begin;
\ir ../support/helpers.sql
select plan(13);

create function pg_temp.pair(p_id text, p_hash text)
returns jsonb
language sql
as $$
    select jsonb_build_object('pot_id', pot_id(p_id), 'commit_hash', commit_hash(p_hash))
$$;
select is(stock('a', 'b'), '{"added": 2, "stock": 2}', 'two new ones');
select look_at_tables();
select is(stock('b', 'a'), '{"added": 0, "stock": 2}', 'the same two again');
select is(changed_tables(), '{}', 'change nothing');
select is(stock('c', 'c', 'a'), '{"added": 1, "stock": 3}', 'one of them new, and named twice');
select refused(
    'pot_settlement', 'add_commitments',
    jsonb_build_object('commitments', jsonb_build_array(pg_temp.pair('d', 'd'), c.pair)),
    'PT409', 'commit_reused', '{}', c.what
)
from (values
    ('a known id with another hash', pg_temp.pair('a', 'x')),
    ('a known hash with another id', pg_temp.pair('x', 'a')),
    ('two ids with one hash in the list', pg_temp.pair('x', 'd')),
    ('two hashes of one id in the list', pg_temp.pair('d', 'x'))
) as c (what, pair);
select open_pot('e');
select is(stock('e'), '{"added": 0, "stock": 3}', 'a used one is known, and not in stock again');

select * from finish();
rollback;
