-- A limit a day that is above the tally of the wallet is not reached; near it entries are counted.

begin;
\ir ../support/helpers.sql
select plan(9);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 100);
select open_pot('big', '{
    "entry_cost": 1, "max_tickets": 1000, "max_per_user": 100, "fill_seconds": 86400
}');
-- The deadline of the pot is not what this is about.
alter table public.pots disable trigger user;
update public.pots set locks_at = '2100-01-01' where id = pot_id('big');
alter table public.pots enable trigger user;

create function pg_temp.joined()
returns text
language sql
as $$
    select coalesce(join_pot('ann', 'big', 2) ->> 'message', 'joined')
$$;

create function pg_temp.tally()
returns text
language sql
as $$
    select concat_ws(' ', w.tally_from at time zone 'UTC', w.tally_joins, w.tally_credits)
    from private.wallets as w
    where w.user_id = user_id('ann')
$$;

select is(pg_temp.tally(), '-infinity 0 0', 'who has a new wallet has joined nothing, ever');

select set_rail('global', null, 'joins_per_day', '3');
select is(
    array[pg_temp.joined(), pg_temp.joined(), pg_temp.joined(), pg_temp.joined()],
    '{joined,joined,joined,velocity_exceeded}', 'three a day'
);
select is(pg_temp.tally(), '-infinity 3 6', 'each join is in the tally, and none was counted');

select pass_time('23 hours 59 minutes');
select is(pg_temp.joined(), 'velocity_exceeded', 'a minute before the day is over');
select pass_time('2 minutes');
select is(pg_temp.joined(), 'joined', 'a day later the tally is too much, and entries are counted');
select is(pg_temp.tally(), '2030-01-01 12:01:00 1 2', 'which begins the tally anew');

select pass_time('1 hour');
select is(
    array[pg_temp.joined(), pg_temp.joined(), pg_temp.joined()],
    '{joined,joined,velocity_exceeded}', 'and no join is lost from it'
);

-- A wallet from before there were tallies.
select pass_time('22 hours');
alter table private.wallets disable trigger user;
update private.wallets set tally_from = null, tally_joins = 0, tally_credits = 0
where user_id = user_id('ann');
alter table private.wallets enable always trigger tg_wallets__explained;
select is(pg_temp.joined(), 'velocity_exceeded', 'who has no tally is counted');
select pass_time('3 hours');
select is(
    pg_temp.joined() || ' ' || pg_temp.tally(), 'joined 2030-01-02 14:01:00 1 2',
    'and has one from then on'
);

select * from finish();
rollback;
