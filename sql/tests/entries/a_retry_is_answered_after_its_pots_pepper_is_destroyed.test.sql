-- A rotation destroys the pepper of pots that are not open. Whoever did not hear the answer to a
-- join asks again with its key, and is to hear it then too.

begin;
\ir ../support/helpers.sql
select plan(8);

select freeze_time('2030-01-01 12:00:00Z');
select make_user(p.name, 100) from unnest('{ann,bob}'::text[]) as p (name);
select open_pot('big', '{"max_tickets": 100, "max_per_user": 5, "fill_seconds": 600}');
create temporary table first on commit drop as select join_pot('ann', 'big', 2, 'key a') as answer;
select join_pot('bob', 'big', 1);
select pass_time('10 minutes');
select rpc('pot_orchestrator', 'lock_pot', on_pot('big'));
select rpc('pot_compliance:carol', 'rotate_pepper', '{"reason": "a leak", "overlap_days": 0}');
select isnt(
    (
        select p.destroyed_at
        from private.peppers as p
        inner join private.pot_states as s on p.id = s.pepper_id
        where s.pot_id = pot_id('big')
    ),
    null, 'the pepper of the pot is gone'
);

create function pg_temp.batch(p_more jsonb)
returns jsonb
language sql
as $$
    select jsonb_build_object('batch', jsonb_build_array(on_pot('big', p_more)))
$$;
select is(join_pot('ann', 'big', 2, 'key a'), f.answer, 'the first answer') from first as f;
select is(
    rpc('service_role', 'join_pots', pg_temp.batch(jsonb_build_object(
        'user_id', user_id('ann'), 'ticket_count', 2, 'idempotency_key', 'key a'
    ))),
    jsonb_build_object('joined', 1, 'results', jsonb_build_array(f.answer)),
    'also in a batch'
)
from first as f;
select refused(
    'bob', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT409', 'pot_not_open',
    '{"status": "locked"}', 'a new join hears that it is too late'
);
select is(
    rpc('service_role', 'join_pots', pg_temp.batch(jsonb_build_object(
        'user_id', user_id('bob'), 'ticket_count', 1
    ))) #>> '{results,0,message}',
    'pot_not_open', 'as it does in a batch'
);

-- A pot that is open and cannot keep its limits sells nothing.
select open_pot('next', '{"max_tickets": 100, "fill_seconds": 600}');
update private.peppers as p
set secret = null, vault_id = null, destroyed_at = private.now(), retired_at = private.now()
where p.destroyed_at is null;
select throws_ok(
    $$ select rpc('service_role', 'join_pots', jsonb_build_object('batch', jsonb_build_array(
        on_pot('next', jsonb_build_object('user_id', user_id('ann'), 'ticket_count', 1))
    ))) $$,
    'PT503', 'busy', 'no batch is sold without a pepper'
);
select throws_ok(
    $$ select join_pot('ann', 'next', 1) $$, 'PT503', 'busy', 'and no join'
);

select * from finish();
rollback;
