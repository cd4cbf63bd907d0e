-- The same pot_id with the same terms: the first answer; with others, or by another caller:
-- commit_reused.

begin;
\ir ../support/helpers.sql
select plan(17);

select freeze_time('2030-01-01 12:00:00Z');
create temporary table first on commit drop as
select open_pot('big', '{"fill_seconds": 60}') as answer;
select is(
    f.answer, rpc('anon', 'list_pots') -> 0 || on_pot('big', '{"version": 1}'),
    'the first answer is the new pot''s summary'
)
from first as f;
select make_user('ann', 100);
select join_pot('ann', 'big', 1);
select pass_time('1 second');
select look_at_tables();
select is(
    rpc('pot_orchestrator', 'create_pot', on_pot('big', '{
        "entry_cost": 10, "max_tickets": 10, "max_per_user": 5, "fill_seconds": 60
    }')),
    f.answer, 'the second is the same, though tickets were sold meanwhile'
)
from first as f;
select is(changed_tables(), '{}', 'and nothing changed');
select refused(
    c.caller, 'create_pot',
    on_pot('big', '{
        "entry_cost": 10, "max_tickets": 10, "max_per_user": 5, "fill_seconds": 60
    }' || c.terms),
    'PT409', 'commit_reused', '{}', c.what
)
from (values
    ('pot_orchestrator', '{"entry_cost": 11}'::jsonb, 'another price'),
    ('pot_orchestrator', '{"max_tickets": 11}', 'another number of tickets'),
    ('pot_orchestrator', '{"max_per_user": 4}', 'another cap'),
    ('pot_orchestrator', '{"min_participants": 3}', 'another minimum'),
    ('pot_orchestrator', '{"fill_seconds": 61}', 'another time'),
    ('pot_orchestrator:other', '{}', 'another caller')
) as c (caller, terms, what);
select refused(
    'pot_orchestrator', 'create_pot',
    on_pot('nowhere', '{"entry_cost": 10, "max_tickets": 10, "max_per_user": 5}'),
    'PT404', 'pot_not_found', '{"reason": "no commitment of that pot_id"}',
    'an id without commitment'
);

select * from finish();
rollback;
