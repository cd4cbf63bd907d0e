-- Statistics change plans, and a plan may run a part of a statement again: what is random in a join
-- must not be a part of one.

begin;
\ir ../support/helpers.sql
select plan(4);

select make_user('ann', 100);
analyze;
select open_pot('big', '{"max_tickets": 1000}');
select is(join_pot('ann', 'big', 3) ->> 'tickets_sold', '3', 'a pot of 32 stripes is one pot');
select is(sold('big'), '3 tickets to 1', 'and has one entry');
select is(join_pot('ann', 'big', 2) ->> 'tickets_sold', '5', 'what is sold before counts once');
select is(
    (
        select array_agg((m.payload -> 'version')::bigint)
        from messages('pots:' || pot_id('big')) as m
        where m.event = 'joined'
    ), array[private.pot_version(pot_id('big')) - 1, private.pot_version(pot_id('big'))],
    'and each join raises the version by one'
);

select * from finish();
rollback;
