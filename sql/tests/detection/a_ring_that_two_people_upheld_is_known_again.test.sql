-- Upheld by two, an account and whoever plays on its device are flagged in the next pots; they are
-- turned away at a join only where the policy of confirmed_ring refuses.

begin;
\ir ../support/helpers.sql
\ir ../support/crowds.sql
select plan(25);

create function pg_temp.play(p_pot text)
returns void
language plpgsql
as $$
begin
    perform open_pot(p_pot, '{"max_tickets": 50}');
    perform join_honest(p_pot, 1);
    -- Ann has a new phone; bob has the one that she had, and so has cid, who was upheld too.
    perform join_from('ann', p_pot, 1, '203.0.113.1', 'new phone');
    perform join_honest(p_pot, 2);
    perform join_from('bob', p_pot, 1, '203.0.113.2', 'old phone');
    perform join_honest(p_pot, 3);
    perform join_from('cid', p_pot, 1, '203.0.113.3', 'old phone');
    perform pass_time('1 hour');
    perform lock(p_pot);
end $$;
create function pg_temp.known(p_pot text)
returns jsonb
language sql
as $$
    select coalesce(
        jsonb_agg(jsonb_build_array(f.player, f.score, f.effect, f.evidence) order by f.player), '[]'
    )
    from flags(p_pot) as f
    where f.kind = 'confirmed_ring'
$$;
create function pg_temp.policy(p_kind text, p_min_score numeric)
returns void
language sql
as $$
    select set_policy(jsonb_build_object(
        'kind', p_kind, 'effect', 'refuse', 'min_score', p_min_score, 'reason', 'a test'
    ))
$$;
create function pg_temp.blocked(p_player text, p_device text, p_description text)
returns setof text
language plpgsql
as $$
declare
    v_before bigint := balance(p_player);
begin
    perform headers(jsonb_build_object(
        'cf-connecting-ip', '203.0.113.9', 'x-device-id', p_device
    ));
    return query select turned_away(
        p_player, 'join_pot', on_pot('next', '{"ticket_count": 1}'), 'PT403', 'account_blocked',
        '{"reason": "confirmed_ring"}', '{private.events}', p_description
    );
    return next is(balance(p_player), v_before, 'no credit is taken');
end $$;

select freeze_time('2030-01-01 12:00:00Z');
select open_pot('first', '{"max_tickets": 50}');
select join_honest('first', 1) is null;
select join_from('ann', 'first', 1, '203.0.113.1', 'old phone') is null;
select pass_time('1 hour');
select lock('first') ? 'lock_digest';
create temporary table flagged on commit drop as select flag(user_id('ann'), 'first') as flag_id;
select flag(user_id('cid'), 'first') is null;

select review('carol', f.flag_id, 'uphold') is null from flagged as f;
select pg_temp.play('proposed') is null;
select is(pg_temp.known('proposed'), '[]', 'one person is not enough');
select review('dave', f.flag_id, 'uphold') is null from flagged as f;
select is(
    (select f.status from private.flags as f inner join flagged using (flag_id)), 'upheld',
    'two are'
);
select review(r.name, f.flag_id, 'uphold') is null
from private.flags as f
cross join (values ('carol'), ('dave')) as r (name)
where f.user_id = user_id('cid') and f.kind = 'shared_device' and f.pot_id = pot_id('first');
select pg_temp.play('after') is null;
select is(
    pg_temp.known('after'),
    '[
        ["ann", 0.950, "hold", {"by_device": false, "flags_upheld": 1}],
        ["bob", 0.800, "hold", {"by_device": true, "flags_upheld": 1}],
        ["cid", 0.950, "hold", {"by_device": false, "flags_upheld": 1}]
    ]', 'the account is flagged in the next pot, and the one on its device, and nobody else'
);
select is(
    (
        select array_agg(distinct f.entry_id) from private.flags as f
        where f.pot_id = pot_id('after') and f.kind = 'confirmed_ring'
            and f.user_id = user_id('bob')
    ),
    array[entry_id('bob', 'after')], 'at its entry'
);

-- ------------------------------------------------------------------------------------- at the join
select open_pot('next', '{"max_tickets": 50}');
select ok(
    join_from('ann', 'next', 1, '203.0.113.1', 'new phone') ? 'entry_id', 'nobody is turned away'
);
select pg_temp.policy('shared_device', 0) is null;
select ok(
    join_from('ann', 'next', 1, '203.0.113.1', 'new phone') ? 'entry_id',
    'nor by the policy of another kind'
);
select pg_temp.policy('confirmed_ring', 0.951) is null;
select ok(
    join_from('ann', 'next', 1, '203.0.113.1', 'new phone') ? 'entry_id', 'nor from above its score'
);
select pg_temp.policy('confirmed_ring', 0.95) is null;
select pg_temp.blocked('ann', 'new phone', 'from its score on the account is turned away');
select ok(
    join_from('bob', 'next', 1, '203.0.113.2', 'old phone') ? 'entry_id', 'and not yet its device'
);
select pg_temp.policy('confirmed_ring', 0.801) is null;
select ok(
    join_from('bob', 'next', 1, '203.0.113.2', 'old phone') ? 'entry_id', 'nor just above'
);
select pg_temp.policy('confirmed_ring', 0.8) is null;
select pg_temp.blocked('ann', null, 'the account, whatever it comes from');
select pg_temp.blocked('bob', 'old phone', 'an account on its device');
select pg_temp.blocked('honest 3', 'old phone', 'whoever it is');
select ok(
    join_from('bob', 'next', 1, '203.0.113.2', 'own phone') ? 'entry_id', 'not on its own device'
);
select ok(join_honest('next', 1) ? 'entry_id', 'nor is anybody else');
select is(
    (
        select jsonb_agg(jsonb_build_array(a.subject, e.pot_id, e.data) order by e.id)
        from private.events as e
        inner join private.actors as a on e.actor_id = a.actor_id
        where e.kind = 'join_refused'
    ),
    (
        select jsonb_agg(jsonb_build_array(
            user_id(r.name), pot_id('next'),
            '{"code": "account_blocked", "reason": "confirmed_ring"}'::jsonb
        ) order by r.place)
        from unnest('{ann,ann,bob,honest 3}'::text[]) with ordinality as r (name, place)
    ), 'each refusal is recorded'
);
select pg_temp.policy('confirmed_ring', null) is null;
select ok(
    join_from('ann', 'next', 1, '203.0.113.1', 'new phone') ? 'entry_id',
    'without the policy nobody is turned away any more'
);

select * from finish();
rollback;
