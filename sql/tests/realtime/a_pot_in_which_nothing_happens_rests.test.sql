-- run_due looks at the pots in which something happens, at those whose time has come, and once a
-- minute at all.

begin;
\ir ../support/helpers.sql
select plan(22);

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

-- There is something to tell in this call, as in every one while many play.
select open_pot('busy', '{"max_tickets": 9, "fill_seconds": 3600}');
select open_pot('calm', '{"max_tickets": 9, "fill_seconds": 3600}');
select pass_time('61 seconds');
select join_pot('ann', 'busy', 1);
select join_pot('ann', 'busy', 1);
select pass_time('1 second');
select rpc('pot_orchestrator', 'run_due');
select is(
    (select k.sent_version from private.lobby_pulses as k where k.pot_id = pot_id('busy')),
    private.pot_version(pot_id('busy')), 'what is untold is told'
);
select is(rests('calm'), true, 'and the others rest in the same call');
select is(
    (select w.pots_looked_at from private.watch_marks as w), private.now(),
    'which has looked at all of them'
);

-- A lobby that hears of a pot once a minute.
update private.settings set lobby_interval = '1 minute' where only_row;
select open_pot('slow', '{"max_tickets": 9, "fill_seconds": 3600}');
select pass_time('59 seconds');
select rpc('pot_orchestrator', 'run_due') from generate_series(1, 3);
select is(rests('slow'), false, 'it does not rest while a join would not be told at once');
select pass_time('1 second');
select rpc('pot_orchestrator', 'run_due') from generate_series(1, 3);
select join_pot('ann', 'slow', 1);
select is(rests('slow'), false, 'so a join wakes it');
update private.settings set lobby_interval = '250 milliseconds' where only_row;

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

-- A full one that could not be locked is set aside for a minute.
select open_pot('stuck', '{"max_tickets": 2, "fill_seconds": 3600, "min_participants": 1}');
select fill('stuck');
update private.pot_states
set retry_at = private.now() + interval '1 minute'
where pot_id = pot_id('stuck');
select pass_time('1 second');
select status_then('stuck');
select pass_time('58 seconds');
select status_then('stuck');
select is(rests('stuck'), false, 'a full one does not rest, which no join would wake');
select pass_time('1 second');
select is(status_then('stuck'), 'locked', 'so that it is seen in its time');

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

-- A database of before: none rests.
update private.lobby_pulses set rests = false where true;
\ir ../../../supabase/migrations/20261128002090_ended_pots_rest.sql
select is(rests('due'), true, 'what ended before pots could rest does so');
select is(rests('calm'), false, 'and nothing else');

select * from finish();
rollback;
