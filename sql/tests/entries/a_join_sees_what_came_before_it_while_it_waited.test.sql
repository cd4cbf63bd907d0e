-- What another connection may do between two looks of a join is done here beforehand, or stood in
-- for: an erasure, a key that is taken, counters that others hold.

begin;
\ir ../support/helpers.sql
select plan(8);

select make_user(p.name, 100) from unnest('{ann,bob,cid}'::text[]) as p (name);
select open_pot('big', '{"entry_cost": 1, "max_tickets": 64, "max_per_user": 64}');
select open_pot('other');
select join_pot(p.name, 'other') from unnest('{ann,bob}'::text[]) as p (name);

insert into private.erasures (user_id, erased_at, erased_by, reason, result)
values (user_id('ann'), private.now(), gen_random_uuid(), 'a test', '{}');
select refused(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT403', 'not_allowed', '{}',
    'a player who was just forgotten'
);

create function pg_temp.is_there() returns trigger language plpgsql as $$
begin
    return null;
end $$;
create trigger is_there before insert on private.idempotency_keys
for each row execute function pg_temp.is_there();
select refused(
    'bob', 'join_pot', on_pot('big', '{"ticket_count": 1, "idempotency_key": "key"}'),
    'PT409', 'idempotency_key_reused', '{}', 'a key that somebody has just used'
);

-- So private.take_tickets waits for all of them.
create or replace function private.try_tickets(
    p_pot_id uuid, p_ticket_count integer, p_participants integer
)
returns smallint
language plpgsql
as $$
begin
    raise lock_not_available;
end $$;
select is(
    join_pot('bob', 'big', 64) ->> 'tickets_sold', '64',
    'whoever waited for every counter buys all that they have'
);
select cancel_entry('bob', 'big');
select is(join_pot('bob', 'big', 1) ->> 'tickets_sold', '1', 'or one');
select refused(
    'cid', 'join_pot', on_pot('big', '{"ticket_count": 64}'), 'PT409', 'pot_full', '{"left": 63}',
    'and not more than they have'
);

select * from finish();
rollback;
