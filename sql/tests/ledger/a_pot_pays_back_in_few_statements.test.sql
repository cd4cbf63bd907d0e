-- A cancelled pot refunds every entry by statements that do not grow in number, and as if one after
-- the other: each wallet goes up entry by entry, in order, and its player is told once.

begin;
\ir ../support/helpers.sql
select plan(12);

set local track_functions = 'all';
select freeze_time('2030-01-01 12:00:00Z');
select make_user(n.name, 1000) from unnest('{ann,bob,cid}'::text[]) as n (name);
select open_pot(p.name, '{"max_tickets": 100, "max_per_user": 9}')
from unnest('{big,other}'::text[]) as p (name);
select join_pot(j.name, 'big', j.tickets)
from (values ('ann', 3), ('bob', 1), ('ann', 2), ('bob', 5), ('ann', 1)) as j (name, tickets);
select join_pot('cid', 'other', 4);
create temporary table wallet_before on commit drop as select w.* from private.wallets as w;

create function pg_temp.calls(p_function text)
returns bigint
language sql
as $$
    select coalesce(sum(f.calls), 0)::bigint
    from pg_stat_xact_user_functions as f
    where f.funcname = p_function
$$;
create temporary table calls_before on commit drop as
select n.name, pg_temp.calls(n.name) as calls
from unnest('{tg_ledger_entries__balanced,tg_wallets__explained}'::text[]) as n (name);
create temporary table answer on commit drop as
select rpc('pot_compliance:eve', 'void_pot', on_pot('big', '{"reason": "a test"}')) as body;
select is(a.body ->> 'entries_refunded', '5', 'five entries are refunded') from answer as a;
select is(a.body ->> 'credits_refunded', '120', 'each in full') from answer as a;
select is(pg_temp.calls(c.name) - c.calls, 1::bigint, c.name || ' looks at all of them at once')
from calls_before as c;

select is(
    array_agg(t.entry_id order by t.id), (
        select array_agg(e.id order by e.user_id, e.seq)
        from public.pot_entries as e
        where e.pot_id = pot_id('big')
    ), 'a transfer an entry, player by player'
)
from private.transfers as t
where t.pot_id = pot_id('big') and t.kind = 'refund';
select is(
    (
        select array_agg(array[l.balance_after, l.version] order by l.version)
        from private.ledger_entries as l
        inner join private.transfers as t on l.transfer_id = t.id
        where l.account_id = w.account_id and t.kind = 'refund'
    ),
    (
        select
            array_agg(array[(w.balance + s.credits)::bigint, w.version + s.step] order by s.step)
        from (
            select
                sum(e.credits_spent) over steps as credits,
                row_number() over steps as step
            from public.pot_entries as e
            where e.pot_id = pot_id('big') and e.user_id = w.user_id
            window steps as (order by e.seq)
        ) as s
    ),
    'the wallet of ' || n.name || ' goes up entry by entry'
)
from unnest('{ann,bob}'::text[]) as n (name)
inner join wallet_before as w on user_id(n.name) = w.user_id;
select is(
    (
        select jsonb_agg(m.payload - 'id')
        from realtime.messages as m
        where m.topic = 'wallet:' || user_id(n.name)
            and m.event = 'balance'
            and (m.payload ->> 'version')::bigint > b.version
    ),
    (
        select jsonb_build_array(jsonb_build_object(
            'pot_id', pot_id('big'), 'balance', w.balance, 'version', w.version,
            'at', '2030-01-01T12:00:00.000000Z'
        ))
        from private.wallets as w
        where w.user_id = user_id(n.name)
    ),
    n.name || ' is told once, of the whole'
)
from unnest('{ann,bob}'::text[]) as n (name)
inner join wallet_before as b on user_id(n.name) = b.user_id;

-- ----------------------------------------------------------------------- what is none of the pot's

select throws_ok(
    format(
        'select private.pay_back(''refund'', %L, %s, array[%L]::uuid[], ''{40}'', private.now())',
        pot_id('big'),
        (select s.escrow_account from private.pot_states as s where s.pot_id = pot_id('big')),
        e.id
    ),
    '23514', 'not every entry was paid back', e.what
)
from (
    values (entry_id('cid', 'other'), 'an entry of another pot is not paid'),
    (gen_random_uuid(), 'nor one that there is not')
) as e (id, what);
select is(
    (select w.balance from private.wallets as w where w.user_id = user_id('cid')), 960::bigint,
    'and nothing of it stays'
);

select * from finish();
rollback;
