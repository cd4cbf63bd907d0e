-- A statement that is cancelled while it waits is PT503 for its caller, reader or writer, and
-- changes nothing.

begin;
\ir ../support/helpers.sql
select plan(7);

select make_user('ann', 100);
-- A ban that has ended: to say so takes the clock.
update auth.users set banned_until = '2000-01-01' where id = user_id('ann');
select open_pot('big');
select fill('big');
create or replace function private.now()
returns timestamptz
language plpgsql
volatile
set search_path = ''
as $$
begin
    perform pg_sleep(10);
    return pg_catalog.clock_timestamp();
end $$;
create function pg_temp.busy(p_caller text, p_function text, p_arguments jsonb)
returns setof text
language sql
as $$
    select throws_ok(
        format('select rpc(%L, %L, %L)', p_caller, p_function, p_arguments), 'PT503', 'busy',
        p_function
    )
$$;
set local statement_timeout = '100ms';
select pg_temp.busy('ann', 'join_pot', on_pot('big', '{"ticket_count": 1}'));
select pg_temp.busy('ann', 'my_wallet', '{}');
select pg_temp.busy('pot_orchestrator', 'lock_pot', on_pot('big'));
select pg_temp.busy('pot_orchestrator', 'run_due', '{}');
select pg_temp.busy('pot_settlement', 'claim_settlement', '{}');
select pg_temp.busy('pot_compliance:carol', 'pause_pot', on_pot('big', '{"reason": "a look"}'));
set local statement_timeout = 0;
select is((pot('big')).status, 'open', 'the pot is as it was');

select * from finish();
rollback;
