-- Whoever is erased while self-excluded leaves a mark, which may be kept for a hundred years. It
-- turns away who has the same address, and nobody else is looked at twice for it: not one by one,
-- and no batch is taken apart.

begin;
\ir ../support/helpers.sql
select plan(6);

set local track_functions = 'all';
select freeze_time('2030-01-01 12:00:00Z');
select open_pot('big', '{"max_tickets": 400, "max_per_user": 9, "fill_seconds": 86400}');
select make_user('ann');
update auth.users set email = 'ann@example.com' where id = user_id('ann');
select rpc('ann', 'self_exclude', '{"days": 36500}');
select rpc('pot_compliance:carol', 'erase_player', jsonb_build_object(
    'user_id', user_id('ann'), 'reason', 'asked to be'
)) is null;
delete from auth.users where id = user_id('ann');
select make_user(p.name, 1000) from unnest('{ann again,bob,cat,dan}'::text[]) as p (name);
update auth.users set email = 'Ann@example.com' where id = user_id('ann again');
update auth.users set email = 'bob@example.com' where id = user_id('bob');
create function pg_temp.calls(p_name text)
returns bigint
language sql
as $$
    select coalesce(sum(f.calls), 0)::bigint
    from pg_stat_xact_user_functions as f
    where f.funcname = p_name
$$;
create function pg_temp.batch(p_names text[])
returns jsonb
language sql
as $$
    select jsonb_agg(coalesce(r.result -> 'message', r.result -> 'ticket_count') order by r.place)
    from jsonb_array_elements(rpc('service_role', 'join_pots', jsonb_build_object('batch', (
        select jsonb_agg(on_pot('big', jsonb_build_object(
            'user_id', user_id(n.name), 'ticket_count', 1
        )) order by n.place)
        from unnest(p_names) with ordinality as n (name, place)
    ))) -> 'results') with ordinality as r (result, place)
$$;

select ok(join_pot('bob', 'big', 1) ? 'entry_id', 'bob joins');
select is(pg_temp.calls('guard_join'), 0::bigint, 'at a glance');
select is(
    join_pot('ann again', 'big') ->> 'details',
    (
        select jsonb_build_object(
            'until', private.json_time(m.ends_at), 'reason', 'self_excluded'
        )::text
        from private.exclusion_marks as m
    ),
    'ann by another account does not'
);
select is(pg_temp.batch('{bob,cat,dan}'), '[1, 1, 1]', 'a batch of others');
select is(pg_temp.calls('join_as'), 0::bigint, 'is made at once');
select is(
    pg_temp.batch('{cat,ann again,dan}'), '[1, "account_blocked", 1]', 'and one with her in it'
);

select * from finish();
rollback;
