-- There is no proof about a pot, a row, a leaf or a size that is not there.

begin;
\ir ../support/helpers.sql
select plan(20);

select open_pot('one');
select open_pot('two');
select private.sequence_log();
select bring_to('one', 'locked');

create temporary table proof (arguments jsonb, details jsonb, why text) on commit drop;
insert into proof values
    (
        '{"pot_id": null, "seq": 1, "tree_size": 1}',
        '{"argument": "pot_id", "expected": "a value"}', 'no pot'
    ),
    (
        on_pot('one', '{"seq": null, "tree_size": 1}'),
        '{"argument": "seq", "expected": "a value"}', 'no seq'
    ),
    (
        on_pot('one', '{"seq": 1, "tree_size": 0}'),
        '{"argument": "tree_size", "expected": "1 to 2"}', 'no tree'
    ),
    (
        on_pot('one', '{"seq": 1, "tree_size": 3}'),
        '{"argument": "tree_size", "expected": "1 to 2"}', 'a tree to come'
    ),
    (
        on_pot('one', '{"seq": 9, "tree_size": 1}'),
        '{"argument": "seq", "expected": "a seq of the pot''s chain"}', 'a row to come'
    );
select refused(
    'anon', 'get_inclusion_proof', p.arguments, 'PT422', 'invalid_argument', p.details, p.why
)
from proof as p;
select refused(
    'anon', 'get_inclusion_proof', on_pot('none', '{"seq": 1, "tree_size": 1}'),
    'PT404', 'pot_not_found', '{}', 'a pot that is not'
);
select refused(
    'anon', 'get_inclusion_proof', on_pot('two', '{"seq": 1, "tree_size": 1}'),
    'PT409', 'wrong_state', '{"leaf_index": 1, "tree_size": 1}', 'a row that came later'
);
select refused(
    'anon', 'get_inclusion_proof', on_pot('one', '{"seq": 2, "tree_size": 2}'),
    'PT409', 'wrong_state', '{"leaf_index": null, "tree_size": 2}', 'a row that waits'
);
select refused(
    'anon', 'get_consistency_proof', '{"old_size": 1, "new_size": 3}',
    'PT422', 'invalid_argument', '{"argument": "new_size", "expected": "0 to 2"}', 'a size to come'
);
select refused(
    'anon', 'get_consistency_proof', '{"old_size": 2, "new_size": 1}',
    'PT422', 'invalid_argument', '{"argument": "old_size", "expected": "0 to 1"}',
    'what is newer is not older'
);

select * from finish();
rollback;
