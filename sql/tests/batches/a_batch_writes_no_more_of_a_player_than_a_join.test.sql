-- Whoever was forgotten stays it, and what a batch says of itself its joins have, however each of
-- them was written.

begin;
\ir ../support/helpers.sql
select plan(3);

select make_user(p.name, 100) from unnest('{ann,dan}'::text[]) as p (name);
select make_user('fay');
update auth.users set banned_until = 'infinity' where id = user_id('dan');
select open_pot('big', '{"max_tickets": 100, "max_per_user": 5, "fill_seconds": 7200}');
select rpc('pot_compliance:carol', 'erase_player', jsonb_build_object(
    'user_id', user_id('fay'), 'reason', 'asked for it', 'forfeit', true
));

select headers('{"x-correlation-id": "batch 7"}');
create temporary table answer on commit drop as
select rpc('service_role', 'join_pots', jsonb_build_object('batch', (
    select jsonb_agg(on_pot('big', jsonb_build_object(
        'user_id', user_id(p.name), 'ticket_count', 1
    )) order by p.place)
    from unnest('{ann,dan,fay}'::text[]) with ordinality as p (name, place)
))) as body;
select is(
    (
        select jsonb_agg(coalesce(r.result -> 'message', '"joined"') order by r.place)
        from answer as a
        cross join lateral jsonb_array_elements(a.body -> 'results')
        with ordinality as r (result, place)
    ),
    '["joined", "account_blocked", "not_allowed"]', 'one joins, one is banned, one was forgotten'
);
select is(
    (select count(*) from private.actors as a where a.subject = user_id('fay')::text), 0::bigint,
    'nothing ties the forgotten one to a pseudonym again'
);
select is(
    (
        select jsonb_object_agg(e.kind, e.correlation_id)
        from private.events as e
        where e.kind in ('pot_joined', 'join_refused')
    ),
    '{"pot_joined": "batch 7", "join_refused": "batch 7"}',
    'joins and refusals have the correlation id of the batch'
);

select * from finish();
rollback;
