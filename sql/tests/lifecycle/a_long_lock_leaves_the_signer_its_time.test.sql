-- To number and hash the entries of a large pot takes time: it is none of the seconds that are left
-- to reveal before the beacon.

begin;
\ir ../support/helpers.sql
select plan(3);

select freeze_time('2023-09-15 10:00:00Z');
select open_pot('big', '{"draw_version": 2}');
select fill('big');
create function pg_temp.take_20_seconds()
returns trigger
language plpgsql
as $$
begin
    perform tests.pass_time('20 seconds');
    return null;
end $$;
create trigger take_20_seconds after update on public.pot_entries
for each statement execute function pg_temp.take_20_seconds();

select freeze_time('2023-09-15 10:59:13Z');
select is(
    lock('big') #> '{beacon,round_time}', '"2023-09-15T11:00:03.000000Z"',
    'the round is 30 seconds after the entries are numbered'
);
select is((pot('big')).locked_at, '2023-09-15 10:59:33Z', 'which is when the pot is locked');
select is(
    (
        select a.created_at from public.pots_audit as a
        where a.pot_id = pot_id('big') and a.action = 'locked'
    ),
    '2023-09-15 10:59:33Z', 'and when its chain says so'
);

select * from finish();
rollback;
