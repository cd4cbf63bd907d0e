-- run_due looks at the pots in which something happens, at those whose time has come, and once a
-- minute at all.

begin;
\ir ../support/helpers.sql
select plan(13);

create function rests(p_name text)
returns boolean
language sql
as $$
    select l.rests from private.lobby_pulses as l where l.pot_id = pot_id(p_name)
$$;

-- Its status after a few calls.
create function status_then(p_name text)
returns text
language plpgsql
as $$
begin
    perform rpc('pot_orchestrator', 'run_due') from generate_series(1, 9);
    return (select p.status::text from public.pots as p where p.id = pot_id(p_name));
end $$;

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 1000);
select open_pot('quiet', '{"max_tickets": 2, "max_per_user": 2, "fill_seconds": 3600}');
select open_pot('paused', '{"max_tickets": 2, "max_per_user": 2, "fill_seconds": 3600}');
select rpc('pot_compliance:carol', 'pause_pot', on_pot('paused', '{"reason": "a test"}'));
select rpc('pot_orchestrator', 'run_due') from generate_series(1, 3);
select is(rests('quiet'), false, 'it has just been told');
select pass_time('10 seconds');
select rpc('pot_orchestrator', 'run_due') from generate_series(1, 3);
select is(rests('quiet'), true, 'nothing happens in it');
select is(rests('paused'), false, 'a paused one may be due when it goes on');

select join_pot('ann', 'quiet', 1);
select is(rests('quiet'), false, 'a join wakes it');
select pass_time('10 seconds');
select rpc('pot_orchestrator', 'run_due') from generate_series(1, 3);
select is(rests('quiet'), true, 'told, it rests again');
select join_pot('ann', 'quiet', 1);
select is(rpc('pot_orchestrator', 'run_due') ->> 'task', 'lock', 'full, it is locked at once');

-- What no pulse told of: a pot that is full and rests.
select open_pot('late', '{"max_tickets": 2, "fill_seconds": 3600, "min_participants": 1}');
select rpc('pot_orchestrator', 'run_due') from generate_series(1, 9);
update private.watch_marks set pots_looked_at = private.now() where only_row;
select fill('late');
update private.lobby_pulses set rests = true where pot_id = pot_id('late');
select is(status_then('late'), 'open', 'it is not seen');
select pass_time('60 seconds');
select is(status_then('late'), 'open', 'for a minute');
select pass_time('1 second');
select is(status_then('late'), 'locked', 'then it is');

select open_pot('due', '{"max_tickets": 9, "fill_seconds": 30, "min_participants": 1}');
select join_pot('ann', 'due', 1);
select pass_time('10 seconds');
select status_then('due');
select pass_time('10 seconds');
select status_then('due');
select is(rests('due'), true, 'it rests');
select pass_time('10 seconds');
select is(status_then('due'), 'locked', 'until its time has come');
select is(rests('due'), true, 'and after it');
select is(
    (
        select count(*)
        from private.lobby_pulses as l
        inner join public.pots as p on l.pot_id = p.id
        where not l.rests and p.status <> 'open'
    ),
    0::bigint, 'what ended does not stay awake'
);

select * from finish();
rollback;
