-- A call looks at the pots of new lines of the audit, then at pots from where the one before it
-- stopped, for half a second and at one pot at least; after the last pot it begins again.

begin;
\ir ../support/helpers.sql
select plan(5);

select open_pot(n.name)
from unnest('{one,two,three}'::text[]) as n (name);
create function pg_temp.watched()
returns jsonb
language sql
as $$
    select rpc('pot_orchestrator', 'run_watch') -> 'watched'
$$;

select is(pg_temp.watched(), '6', 'a line each, and a look at each');
select is(pg_temp.watched(), '3', 'no line is looked at twice');
update private.watch_marks
set swept_to = (select p.id from public.pots as p order by p.id offset 1 limit 1)
where only_row;
select is(pg_temp.watched(), '1', 'of three pots one comes after the second');
select is(pg_temp.watched(), '3', 'then it is the turn of all');

-- Half a second passes whenever somebody asks for the time.
create sequence pg_temp.seconds;
grant all on sequence pg_temp.seconds to public;
select set_config('tests.seconds', 'pg_temp.seconds'::regclass::oid::text, true);
create or replace function private.now()
returns timestamptz
language sql
volatile
set search_path = ''
as $$
    select timestamptz '2030-01-01 12:00:00Z' + 0.5 * interval '1 second' * nextval(
        current_setting('tests.seconds')::oid::regclass
    )
$$;
select is(pg_temp.watched(), '2', 'half a second is not too long, and more is');

select * from finish();
rollback;
