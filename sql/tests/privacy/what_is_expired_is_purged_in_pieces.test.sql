-- purge_expired: in order of the pots' ends, so many rows a call, and only what is due.

begin;
\ir ../support/helpers.sql
select plan(16);

create function pg_temp.kept(p_pot text)
returns bigint
language sql
as $$
    select count(*)
    from public.pot_entries as e
    where e.pot_id = pot_id(p_pot) and e.ip_hash is not null
$$;
create function pg_temp.purge(p_rows integer)
returns jsonb
language sql
as $$
    select rpc('pot_compliance:carol', 'purge_expired', jsonb_build_object('limit_rows', p_rows))
$$;
create function pg_temp.play(p_pot text)
returns void
language plpgsql
as $$
begin
    perform open_pot(p_pot);
    perform make_user(p_pot || ' a', 100), make_user(p_pot || ' b', 100);
    perform join_pot(p_pot || ' a', p_pot, 5, p_pot || ' a'), join_pot(p_pot || ' b', p_pot, 5);
    insert into private.flags (
        pot_id, user_id, kind, score, evidence, phase, effect, created_at, updated_at
    )
    values (
        pot_id(p_pot), user_id(p_pot || ' a'), 'shared_ip', 0.5, '{"accounts": 2}', 'join', 'note',
        private.now(), private.now()
    );
end $$;

-- What detection finds of players who share everything is noted here, and holds nothing.
delete from private.flag_policies where true;
select headers('{"cf-connecting-ip": "192.0.2.1", "x-device-id": "phone"}');
select freeze_time('2030-01-01 12:00:00Z');
select pg_temp.play(p.name) from unnest('{first,second,held,playing}'::text[]) as p (name);
select bring_to('first', 'settled');
select freeze_time('2030-01-02 12:00:00Z');
select rpc('pot_compliance:carol', 'void_pot', on_pot('second', '{"reason": "a test"}'));
select bring_to('held', 'locked');
select rpc('pot_compliance:carol', 'void_pot', on_pot('held', '{"reason": "a test"}'));
update private.flags
set effect = 'hold'
where pot_id = pot_id('held') and evidence = '{"accounts": 2}';

select freeze_time('2030-02-01 11:59:59Z');
select is(
    pg_temp.purge(1000), '{"keys": 3, "network": 0, "evidence": 0, "more": false}',
    'after 30 days the keys go'
);
select is(
    (select array_agg(k.key order by k.key) from private.idempotency_keys as k),
    '{"playing a"}', 'but for one whose pot still plays'
);
select freeze_time('2030-04-01 12:00:00Z');
select is(
    pg_temp.purge(1), '{"keys": 0, "network": 1, "evidence": 0, "more": true}',
    'after 90 days the first pot forgets, an entry at a time'
);
select is(pg_temp.kept('first'), 1::bigint, 'half of it is kept');
select is(
    pg_temp.purge(10), '{"keys": 0, "network": 1, "evidence": 0, "more": false}',
    'then the other half'
);
select is(pg_temp.kept('second'), 2::bigint, 'the second is not due');
select freeze_time('2030-04-03 12:00:00Z');
select look_at_tables();
select is(
    pg_temp.purge(1000), '{"keys": 0, "network": 2, "evidence": 0, "more": false}',
    'until two days later'
);
select is(pg_temp.kept('held'), 2::bigint, 'what is under review keeps all');
select is(pg_temp.kept('playing'), 2::bigint, 'and so does what plays');
select is(
    (
        select array_agg(t order by t)
        from unnest(changed_tables()) as t
        where t not in ('private.event_positions')
    ),
    '{pot_entries,private.events,private.retention_progress,private.retention_waiting}',
    'what it writes'
);
select look_at_tables();
select is(
    pg_temp.purge(1000), '{"keys": 0, "network": 0, "evidence": 0, "more": false}',
    'again there is nothing to do'
);
select is(changed_tables(), '{}', 'and nothing is written');
update private.flags
set status = 'cleared', reviewed_by = gen_random_uuid(), reviewed_at = private.now()
where pot_id = pot_id('held');
select is(
    pg_temp.purge(1000) -> 'network', '2', 'when the review is over, it forgets too'
);
select freeze_time('2031-01-03 12:00:00Z');
select is(
    (pg_temp.purge(1000) -> 'evidence')::bigint, f.flags, 'after a year evidence goes'
)
from (
    select count(*) as flags
    from private.flags as n
    where n.pot_id in (pot_id('first'), pot_id('second'), pot_id('held'))
) as f;
select is(
    (
        select jsonb_object_agg(p.name, f.evidence)
        from (select distinct n.pot_id, n.evidence from private.flags as n) as f
        inner join unnest('{first,second,held,playing}'::text[]) as p (name)
            on f.pot_id = pot_id(p.name)
    ),
    '{
        "first": {"forgotten": true}, "second": {"forgotten": true}, "held": {"forgotten": true},
        "playing": {"accounts": 2}
    }',
    'but for that of the pot that plays'
);
select is(
    (
        select count(*)
        from private.events as e
        where e.kind = 'personal_data_purged' and not e.data ? 'user_id'
    ),
    6::bigint, 'each call that forgot something says how much'
);

select * from finish();
rollback;
