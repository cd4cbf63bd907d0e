-- All that a request writes carries one correlation id: the client's, bounded, or one that is made.

begin;
\ir ../support/helpers.sql
select plan(12);

select make_user('ann', 100);
select open_pot('big');

create function pg_temp.ids()
returns text[]
language sql
as $$
    select array_agg(distinct i.id)
    from (
        select e.correlation_id from private.events as e
        union
        select e.correlation_id from public.pot_entries as e
    ) as i (id)
$$;

select headers('{"x-correlation-id": "page-17 of ann"}');
select is(private.correlation_id(), 'page-17 of ann', 'the client''s');
select headers('{"x-correlation-id": "  page-17\n\u200b\u202e  "}');
select is(private.correlation_id(), 'page-17', 'without what nobody sees');
select headers(jsonb_build_object('x-correlation-id', repeat('x', 100000)));
select is(private.correlation_id(), repeat('x', 200), 'at most 200 characters');

select headers('{}');
select matches(private.correlation_id(), '^[0-9a-f-]{36}$', 'else one is made');
select is(private.correlation_id(), private.correlation_id(), 'once');
select headers(h.headers) from (values ('{"x-correlation-id": " \u200b"}'::jsonb)) as h (headers);
select is(
    private.correlation_id(), current_setting('pots.correlation_id'), 'a blank one is none'
);
select set_config('request.headers', '', true);
select is(
    private.correlation_id(), current_setting('pots.correlation_id'), 'nor is a call of SQL'
);

select join_pot('ann', 'big');
select set_rail('global', null, 'joins_per_minute', '0', 'service_role');
select join_pot('ann', 'big');
select is(
    pg_temp.ids(), array[current_setting('pots.correlation_id')],
    'an entry and every event of one request carry it'
);
select is(
    (
        select array_agg(e.kind order by e.id)
        from private.events as e
        where e.kind in ('guard_rail_set', 'join_refused')
    ),
    '{guard_rail_set,join_refused}', 'a change of limits and a refused join among them'
);

-- The next transaction is another request.
select is(
    (select count(*) from pg_settings as s where s.name = 'pots.correlation_id'), 0::bigint,
    'it is no setting of the server'
);
savepoint request;
select set_config('pots.correlation_id', '', true);
select isnt(private.correlation_id(), (pg_temp.ids())[1], 'without it another one is made');
rollback to request;
select is(private.correlation_id(), (pg_temp.ids())[1], 'and what is undone is forgotten');

select * from finish();
rollback;
