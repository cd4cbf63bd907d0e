-- At every stage of a pot, whoever reads: no user id, and no salt but the reader's own.

begin;
\ir ../support/helpers.sql
select plan(10);

select make_user('ann', 100);
select make_user('bob', 100);
select open_pot('big', '{"max_tickets": 4}');
select join_pot('ann', 'big', 2);
select join_pot('bob', 'big', 2);

create function pg_temp.leaks(p_reader text)
returns text[]
language sql
as $$
    select array_agg(s.what)
    from (
        select 'user id of ' || n.name as what, user_id(n.name)::text as secret
        from unnest('{ann,bob}'::text[]) as n (name)
        union all
        select 'salt', e.salt
        from public.pot_entries as e
        where e.user_id <> user_id(p_reader)
    ) as s
    where concat(
        rpc(p_reader, 'get_pot', on_pot('big')), rpc(p_reader, 'list_pots'),
        case when (pot('big')).status in ('settled', 'cancelled')
            then rpc(p_reader, 'get_proof', on_pot('big'))::text end,
        case when (pot('big')).status <> 'open'
            then rpc(p_reader, 'list_lock_entries', on_pot('big'))::text end,
        rpc(p_reader, 'get_audit_chain', on_pot('big'))
    ) like '%' || s.secret || '%'
$$;

select is(pg_temp.leaks(r.reader), null, r.reader || ', open')
from unnest('{anon,ann,bob}'::text[]) as r (reader);
select bring_to('big', 'locked');
select is(pg_temp.leaks(r.reader), null, r.reader || ', locked')
from unnest('{anon,ann,bob}'::text[]) as r (reader);
select register_keys();
select attest('big');
select claim('big');
select reveal('big');
select is(pg_temp.leaks(r.reader), null, r.reader || ', settled')
from unnest('{anon,ann,bob}'::text[]) as r (reader);
select ok(
    rpc('ann', 'get_pot', on_pot('big'))::text
    like (
        select '%' || e.salt || '%' from public.pot_entries as e where e.user_id = user_id('ann')
    ),
    'though her own salt is there, so the search would find one'
);

select * from finish();
rollback;
