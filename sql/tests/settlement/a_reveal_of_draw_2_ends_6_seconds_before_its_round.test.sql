-- A reveal is accepted more than 6 seconds before the round's time; after that everybody is
-- refunded, although reveal_timeout is far away. A shorter reveal_timeout holds too.

begin;
\ir ../support/helpers.sql
select plan(18);

select lock_for_the_beacon();
select register_keys();
select open_pot('good', '{"draw_version": 2}');
select open_pot('late', '{"draw_version": 2}');
select open_pot('idle', '{"draw_version": 2}');
select bring_to('good', 'settling');
select bring_to('late', 'settling');
select bring_to('idle', 'locked');
select freeze_time('2023-09-15 10:59:56.999999Z');
select is(rpc('pot_orchestrator', 'run_due'), null, 'a microsecond before, nothing is due');
select is(reveal('good') ->> 'status', 'settling', 'and a reveal is accepted');
select freeze_time('2023-09-15 10:59:57Z');
select refused(
    'pot_settlement', 'reveal_pot', reveal_of('late'), 'PT409', 'wrong_state',
    '{"status": "settling"}', '6 seconds before is too late'
);
select refused(
    'pot_settlement', 'reveal_pot', reveal_of('late') || jsonb_build_object(
        'settlement_signature', reveal_signature('late', 'stranger')
    ), 'PT409', 'wrong_state', '{"status": "settling"}', 'whoever signs it'
);
select is(rpc('pot_settlement', 'claim_settlement'), null, 'nor is it to be claimed');

create temporary table did on commit drop as
select rpc('pot_orchestrator', 'run_due') as what from generate_series(1, 3);
select is(
    (
        select array_agg(concat_ws(' ', d.what ->> 'task', d.what #>> '{result,cause}'))
        from did as d
        where d.what is not null
    ),
    '{"refund reveal_overdue","refund reveal_overdue"}', 'run_due refunds both that are late'
);
select is(
    array[(pot('late')).status, (pot('idle')).status, (pot('good')).status]::text[],
    '{cancelled,cancelled,settling}', 'and not the one revealed in time'
);
select is(array[escrow('late'), escrow('good')], '{0,100}', 'whose escrow stays');
select is(
    rpc('anon', 'get_proof', on_pot('late')) -> 'beacon',
    '{
        "chain_hash": "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
        "round": 657413, "round_time": "2023-09-15T11:00:03.000000Z"
    }', 'the proof of a refund says which round its lock named'
);
select refused(
    'pot_settlement', 'reveal_pot', reveal_of('late'), 'PT409', 'wrong_state',
    '{"status": "cancelled"}', 'a refunded pot is revealed no more'
);

update private.settings as s set reveal_timeout = '10 seconds' where s.only_row;
select lock_for_the_beacon();
select open_pot('short', '{"draw_version": 2}');
select bring_to('short', 'settling');
select freeze_time('2023-09-15 10:59:43Z');
select is(
    rpc('pot_orchestrator', 'run_due') #>> '{result,cause}', 'reveal_overdue',
    'a shorter reveal_timeout refunds earlier'
);
select is(
    (rpc('anon', 'get_pot', on_pot('short')) ->> 'status'), 'cancelled', 'the pot is cancelled'
);

-- A clock that goes on when it has been read once: in time at first, and late, by nothing, when
-- verified.
select lock_for_the_beacon();
update private.settings as s set reveal_timeout = '10 minutes' where s.only_row;
select open_pot('slow', '{"draw_version": 2}');
select bring_to('slow', 'settling');
create sequence private.ticks;
grant usage on sequence private.ticks to postgres;
create or replace function private.now()
returns timestamptz
language sql
volatile
set search_path = ''
as $$
    select
        '2023-09-15 10:59:56Z'::timestamptz
        + least(1, nextval('private.ticks') - 1) * interval '1 second'
$$;
select refused(
    'pot_settlement', 'reveal_pot', reveal_of('slow'), 'PT409', 'wrong_state',
    '{"status": "settling"}', 'a reveal whose row would be late is refused'
);
select is(
    chain('slow'), '{created,locked,attested,claimed}', 'and is no row'
);

select * from finish();
rollback;
