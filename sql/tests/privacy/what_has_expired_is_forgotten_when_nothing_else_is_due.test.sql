-- run_due forgets what has expired, last of all that it does, and looks for it once an hour.

begin;
\ir ../support/helpers.sql
select plan(17);

create function pg_temp.due()
returns jsonb
language sql
as $$
    select rpc('pot_orchestrator', 'run_due')
$$;
create function pg_temp.kept(p_pot text)
returns bigint
language sql
as $$
    select count(*) from public.pot_entries as e
    where e.pot_id = pot_id(p_pot) and e.ip_hash is not null
$$;

delete from private.flag_policies where true;
select freeze_time('2030-01-01 12:00:00Z');
select headers('{"cf-connecting-ip": "192.0.2.1", "x-device-id": "phone"}');
select make_user(n.name, 100) from unnest('{ann,ben}'::text[]) as n (name);
select open_pot('over');
select join_pot('ann', 'over', 5);
select join_pot('ben', 'over', 5);
select bring_to('over', 'settled');
select pass_time('1 day');
select ok(pg_temp.due() is null, 'with nothing to forget there is nothing to do');
-- The pot that ended is let rest meanwhile.
select pg_temp.due();
select look_at_tables();
select ok(pg_temp.due() is null, 'and nothing');
select is(changed_tables(), '{}', 'for an hour it is not even looked for');

select freeze_time('2030-04-02 12:00:00Z');
select open_pot('full', '{"max_tickets": 2, "max_per_user": 1}');
select join_pot('ann', 'full', 1);
select join_pot('ben', 'full', 1);
select is(pg_temp.due() ->> 'task', 'lock', 'a pot comes first');
select is(pg_temp.due() ->> 'task', 'scan', 'and what is looked for in it');
select is(pg_temp.kept('over'), 2::bigint, 'and nothing is forgotten with it');
select is(
    pg_temp.due(),
    '{"pot_id": null, "task": "purge", "result":
    {"keys": 0, "network": 2, "evidence": 0, "more": false}}',
    'then what has expired'
);
select is(pg_temp.kept('over'), 0::bigint, 'is forgotten');
select is(pg_temp.kept('full'), 2::bigint, 'and nothing else');
select ok(pg_temp.due() is null, 'once');
select bring_to('full', 'settled');

-- What fails is left for an hour, and keeps no pot from its lock.
create function pg_temp.fails() returns trigger language plpgsql as $$
begin
    raise check_violation using message = 'no';
end $$;
select freeze_time('2030-07-05 12:00:00Z');
create trigger fails before update of ip_hash on public.pot_entries
for each row execute function pg_temp.fails();
select is(
    pg_temp.due(),
    '{"pot_id": null, "task": "set_aside", "result": {"task": "purge", "sqlstate": "23514"}}',
    'what fails is said'
);
select ok(pg_temp.due() is null, 'and not tried again');
select open_pot('next', '{"max_tickets": 2, "max_per_user": 1}');
select join_pot('ann', 'next', 1);
select join_pot('ben', 'next', 1);
select is(pg_temp.due() ->> 'task', 'lock', 'while pots lock');
select bring_to('next', 'settled');
select pass_time('1 hour');
drop trigger fails on public.pot_entries;
select is(pg_temp.due() ->> 'task', 'purge', 'until it works');
select is(pg_temp.kept('full'), 0::bigint, 'and is done');
select ok(pg_temp.due() is null, 'once more');
select is(
    (select count(*) from private.events as e where e.kind = 'personal_data_purged'), 2::bigint,
    'each time on record'
);

select * from finish();
rollback;
