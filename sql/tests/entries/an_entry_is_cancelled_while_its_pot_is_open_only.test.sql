-- Past the deadline, locked, settled or cancelled: too late. A paused pot may be left.

begin;
\ir ../support/helpers.sql
select plan(11);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 1000);
select register_keys();
select open_pot('paused', '{"fill_seconds": 60}');
select open_pot('late', '{"fill_seconds": 60}');
select open_pot('void');
select open_pot('big');
select join_pot('ann', p.name, 1) from unnest('{paused,late,void,big}'::text[]) as p (name);
select rpc('pot_compliance:carol', 'pause_pot', on_pot('paused', '{"reason": "a look"}'));
select rpc('pot_compliance:carol', 'void_pot', on_pot('void', '{"reason": "a test"}'));

create function pg_temp.refused_to_leave(p_pot text, p_status text)
returns setof text
language sql
as $$
    select refused(
        'ann', 'cancel_entry', jsonb_build_object('entry_id', entry_id('ann', p_pot)),
        'PT409', 'pot_not_open', jsonb_build_object('status', p_status), p_pot || ', ' || p_status
    )
$$;
select bring_to('big', 'locked');
select pg_temp.refused_to_leave('big', 'locked');
select attest('big');
select claim('big');
select pg_temp.refused_to_leave('big', 'settling');
select reveal('big');
select pg_temp.refused_to_leave('big', 'settled');
select pg_temp.refused_to_leave('void', 'cancelled');
select pass_time('60 seconds');
select pg_temp.refused_to_leave('late', 'open');
select is(
    cancel_entry('ann', 'paused') -> 'credits_refunded', '10',
    'a paused pot may be left, its deadline does not pass'
);

select * from finish();
rollback;
