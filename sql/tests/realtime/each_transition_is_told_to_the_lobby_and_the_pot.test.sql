-- The events of contract section 7, in order, for a pot that settles, one that is voided and one
-- that nobody joined.

begin;
\ir ../support/helpers.sql
select plan(7);

select freeze_time('2030-01-01 12:00:00Z');
-- Joins are told to the lobby in another test.
update private.settings set lobby_interval = '1 day' where only_row;
select make_user('ann', 1000);
create function pg_temp.events(p_topic text)
returns text
language sql
as $$
    select string_agg(m.event, ' ') from messages(p_topic) as m
$$;
select open_pot('big', '{"max_tickets": 2, "max_per_user": 1}');
select join_pot('ann', 'big', 1);
select cancel_entry('ann', 'big');
select rpc('pot_compliance:carol', 'pause_pot', on_pot('big', '{"reason": "a look"}'));
select rpc('pot_compliance:carol', 'resume_pot', on_pot('big', '{"reason": "fine"}'));
select bring_to('big', 'attested');
select pass_time('250 milliseconds');
update private.settings set lobby_interval = '250 milliseconds' where only_row;
select claim('big');
select reveal('big');
select is(
    pg_temp.events('pots:' || pot_id('big')),
    'joined entry_cancelled paused resumed joined joined locked revealed settled', 'the pot'
);
select is(
    pg_temp.events('pots:lobby'), 'created paused resumed locked updated settled',
    'the lobby: `updated` when the signer took it'
);
select is(pg_temp.events('live-drops'), 'drop', 'the drop');

select forget_messages();
select open_pot('void');
select join_pot('ann', 'void', 1);
select rpc('pot_compliance:carol', 'void_pot', on_pot('void', '{"reason": "a test"}'));
select is(pg_temp.events('pots:' || pot_id('void')), 'joined cancelled', 'a voided pot');
select is(pg_temp.events('pots:lobby'), 'created cancelled', 'and its lobby');
select is(
    pg_temp.events('wallet:' || user_id('ann')), 'balance balance', 'ann paid and was refunded'
);

select forget_messages();
select open_pot('empty', '{"fill_seconds": 1}');
select pass_time('1 second');
select lock('empty');
select is(pg_temp.events('pots:' || pot_id('empty')), 'cancelled', 'a pot without players');

select * from finish();
rollback;
