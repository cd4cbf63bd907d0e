-- What ties players together and what does not: one alone is no group, and those who share here are
-- one already, unless more are linked by what they shared earlier.

begin;
\ir ../support/helpers.sql
\ir ../support/crowds.sql
select plan(17);

create function pg_temp.seats(p_players integer)
returns private.seat[]
language sql
as $$
    select array_agg(
        (n, user_id('player ' || n), gen_random_uuid(), 1, true, null, null, false)::private.seat
        order by n
    )
    from generate_series(1, p_players) as g (n)
$$;

-- -------------------------------------------------------------------------------------- of traits
-- ann and bob came from one address, and ann so often from another.
create function pg_temp.ties(p_elsewhere integer)
returns jsonb
language sql
as $$
    select jsonb_agg(jsonb_build_array(t.player, t.ties) order by t.player)
    from private.shared_traits(
        gen_random_uuid(), pg_temp.seats(2),
        array[
            (1, 0, 2, 1, 1, 60, 0, 1, 0, null, 'one', 1, 1)::private.visit,
            (2, 0, 2, 1, 1, 60, 0, 1, 0, null, 'one', 1, 1)::private.visit
        ] || array(
            select (1, n, 2, 1, 1, 60, 0, 1, 0, null, 'another', 1, 1)::private.visit
            from generate_series(1, p_elsewhere) as g (n)
        )
    ) as t
$$;
select is(
    pg_temp.ties(1), '[[1, true], [2, true]]',
    'an address that half of one''s entries come from ties, and one of one player is nothing shared'
);
select is(
    pg_temp.ties(2), '[[1, false], [2, true]]', 'one that most do not come from does not'
);

-- In a pot of so many, player 1 was seen with a phone of so many accounts, all of another pot. One
-- of these was there with the tablet of player 2 too.
create function pg_temp.through(p_accounts integer, p_players integer default 2)
returns bigint
language plpgsql
as $$
declare
    v_phone text;
    v_tablet text;
begin
    perform open_pot('of ' || p_accounts, '{"max_tickets": 50}');
    for v_n in 1..p_accounts loop
        perform join_from(
            p_accounts || ' ' || v_n, 'of ' || p_accounts, 1, null, 'phone of ' || p_accounts
        );
    end loop;
    perform join_from(p_accounts || ' 1', 'of ' || p_accounts, 1, null, 'tablet ' || p_accounts);
    select
        (array_agg(e.device_hash order by e.seq))[1],
        (array_agg(e.device_hash order by e.seq desc))[1]
    into v_phone, v_tablet
    from public.pot_entries as e
    where e.pot_id = pot_id('of ' || p_accounts);
    return (
        select count(*)
        from private.shared_traits(
            gen_random_uuid(), pg_temp.seats(p_players),
            array[
                (1, 0, 2, 1, 1, 60, 0, 1, 0, v_phone, null, 1, 1)::private.visit,
                (2, 0, 2, 1, 1, 60, 0, 1, 0, v_tablet, null, 1, 1)::private.visit
            ]
        ) as t
        where t.player = 1 and not t.is_here
    );
end $$;
select is(
    pg_temp.through(6), 1::bigint, 'a third account leads to what it used, on a device of six'
);
select is(pg_temp.through(7), 0::bigint, 'and not on one of seven, which may be a public one');
select is(pg_temp.through(5, 300), 1::bigint, 'in a pot of 300 players');
select is(pg_temp.through(4, 301), 0::bigint, 'in a larger one nobody asks for third accounts');

-- -------------------------------------------------------------------------------------- of groups
create function pg_temp.groups(p_traits private.trait[])
returns jsonb
language sql
as $$
    select coalesce(
        jsonb_agg(jsonb_build_array(s.link, s.player, s.accounts) order by s.link, s.player), '[]'
    )
    from private.linked_suspects(gen_random_uuid(), pg_temp.seats(9), p_traits) as s
$$;
create function pg_temp.shared(
    p_number integer, p_players integer[], p_here boolean default true,
    p_ties boolean default true, p_link text default 'shared_device',
    p_accounts integer default null
)
returns private.trait[]
language sql
as $$
    select array_agg((
        p_number, p_link, 'l', coalesce(p_accounts, cardinality(p_players)), n, p_here, p_ties
    )::private.trait)
    from unnest(p_players) as g (n)
$$;
select is(
    pg_temp.groups(pg_temp.shared(1, '{1, 2}')),
    '[["shared_device", 1, 2], ["shared_device", 2, 2]]',
    'two on one device here are one group, and linked are no more'
);
select is(
    pg_temp.groups(pg_temp.shared(1, '{1}') || pg_temp.shared(1, '{2}', false, true)),
    '[["linked_accounts", 1, 1], ["linked_accounts", 2, 1]]',
    'where one had it earlier they are linked, and neither is a group alone'
);
select is(
    pg_temp.groups(pg_temp.shared(1, '{1}') || pg_temp.shared(1, '{2}', false, false)), '[]',
    'whom it ties to nobody is no group'
);
select is(
    pg_temp.groups(pg_temp.shared(1, '{1, 2}') || pg_temp.shared(2, '{2, 3}', false)),
    '[
        ["linked_accounts", 1, 3], ["linked_accounts", 2, 3], ["linked_accounts", 3, 3],
        ["shared_device", 1, 2], ["shared_device", 2, 2]
    ]', 'a third by another device makes more than the two'
);
-- All are where 25 come.
select is(
    pg_temp.groups(
        pg_temp.shared(1, '{1, 2}', false) || pg_temp.shared(2, '{2, 3}', false)
        || pg_temp.shared(3, '{1, 2, 3}', true, false, 'shared_address', 25)
    ) -> 0, '["linked_accounts", 1, 3]', 'two devices at a place of many are their owners'''
);
select is(
    pg_temp.groups(
        pg_temp.shared(1, '{1, 2}', false) || pg_temp.shared(2, '{2, 3}', false)
        || pg_temp.shared(4, '{3, 4}', false)
        || pg_temp.shared(3, '{1, 2, 3, 4}', true, false, 'shared_address', 25)
    ) -> 0, '["linked_accounts", 1, 25]', 'three are the place''s'
);

-- ---------------------------------------------------------------------------------- of two alone
select join_from('ann', 'pair', 5, '203.0.113.1', 'one phone') is null
from open_pot('pair', '{"max_tickets": 10, "max_per_user": 5}');
select join_from('bob', 'pair', 5, '203.0.113.2', 'one phone') is null;
select is(
    (select count(*) from private.suspicions(pot_id('pair')) as s where s.kind = 'shared_device'),
    2::bigint, 'a pot of two is looked at'
);

-- ----------------------------------------------------------------------------------- of earlier
-- Two pots of the same moment, and one that opens later.
select freeze_time('2030-01-01 12:00:00Z');
select open_pot(n.name, '{"max_tickets": 2}') from unnest('{other,this}'::text[]) as n (name);
select pass_time('1 microsecond');
select open_pot('later', '{"max_tickets": 2}') is null;
select make_user('player ' || n, 100) from generate_series(1, 2) as g (n);
select join_pot('player 1', p.name), join_pot('player 2', p.name), lock(p.name)
from unnest('{other,this,later}'::text[]) as p (name);
create function pg_temp.visited(p_pot text)
returns jsonb
language sql
as $$
    select jsonb_agg(jsonb_build_array(v.player, v.pot) order by v.player, v.pot)
    from private.seat_visits(pot_id(p_pot), pg_temp.seats(2)) as v
$$;
select is(
    pg_temp.visited('this'), '[[1, 0], [1, 1], [2, 0], [2, 1]]',
    'a pot of the same moment is an earlier one, and a later one is none'
);
select is(
    pg_temp.visited('later'), '[[1, 0], [1, 1], [1, 2], [2, 0], [2, 1], [2, 2]]',
    'which has two before it'
);

-- ------------------------------------------------------------------------------------- of many
select open_pot('large', '{"max_tickets": 3000, "max_per_user": 2}') is null;
create function pg_temp.bought(p_from integer, p_to integer)
returns void
language sql
as $$
    insert into public.pot_entries (
        id, pot_id, user_id, ticket_count, credits_spent, salt, entrant_tag, stripe, created_at
    )
    select
        gen_random_uuid(), pot_id('large'), user_id('of many ' || n),
        case n when 1501 then 2 else 1 end, 10, repeat('00', 32),
        md5('tag ' || n) || md5('gat ' || n), 0, private.now()
    from generate_series(p_from, p_to) as g (n)
$$;
create function pg_temp.watched()
returns integer[]
language sql
as $$
    select array[count(*), count(*) filter (where s.is_watched), min(s.player) filter (
        where not s.is_watched
    )]::integer[]
    from private.pot_seats(pot_id('large')) as s
$$;
select pg_temp.bought(1, 1500) is null;
select is(pg_temp.watched(), '{1500, 1500, null}', 'of a pot of 1,500 players all are watched');
select pg_temp.bought(1501, 1502) is null;
select is(
    pg_temp.watched(), '{1502, 1500, 1500}',
    'of more so many, who has bought most among them and who came last not'
);

select * from finish();
rollback;
