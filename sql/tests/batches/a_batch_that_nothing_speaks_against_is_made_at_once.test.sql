-- A join that goes through join_pot by itself makes all its statements for itself, so none does
-- that may be made with the others: also not at the borders of what is allowed.

begin;
\ir ../support/helpers.sql
select plan(2);

set local track_functions = 'all';
select make_user('ann', 10);
select make_user('bob', 20);
select open_pot('big', '{"max_tickets": 400, "max_per_user": 2}');
select is(
    rpc('service_role', 'join_pots', jsonb_build_object('batch', jsonb_build_array(
        on_pot('big', jsonb_build_object('user_id', user_id('ann'), 'ticket_count', 1)),
        on_pot('big', jsonb_build_object(
            'user_id', user_id('bob'), 'ticket_count', 2, 'idempotency_key', repeat('k', 255)
        ))
    ))) -> 'joined', '2', 'one ticket, the whole cap, the longest key, for all the credits'
);
select is(
    (
        select coalesce(sum(f.calls), 0)::bigint
        from pg_stat_xact_user_functions as f
        where f.funcname = 'join_as'
    ), 0::bigint, 'and nobody joined alone'
);

select * from finish();
rollback;
