-- Who knows the seed computes in draw 1 when to join last. One who was last in three pots of ten
-- tickets and won all with one ticket is noted, in four held; luck once or twice is luck, and the
-- beacon of draw 2 leaves nothing to compute.

begin;
\ir ../support/helpers.sql
select plan(8);

select freeze_time('2030-01-01 12:00:00Z');
-- The nth pot whose seed draws the last of ten tickets.
create function pg_temp.drawn_last(p_nth integer)
returns text
language sql
as $$
    select 'pot ' || n
    from generate_series(1, 500) as g (n)
    where private.draw_index(private.draw_hmac(
        decode(seed('pot ' || n), 'hex'), decode(commit_hash('pot ' || n), 'hex')
    ), 10) = 9
    order by n
    offset p_nth - 1
    limit 1
$$;
create function pg_temp.play(p_pot text, p_last text[], p_draw integer default 1)
returns void
language plpgsql
as $$
begin
    perform open_pot(p_pot, jsonb_build_object('draw_version', p_draw));
    for v_n in 1..10 - cardinality(p_last) loop
        perform join_pot('player ' || (v_n + 1) / 2, p_pot);
    end loop;
    for v_n in 1..cardinality(p_last) loop
        perform join_pot(p_last[v_n], p_pot);
    end loop;
    perform lock(p_pot);
    perform attest(p_pot);
end $$;
create function pg_temp.end(p_pot text)
returns text
language plpgsql
as $$
begin
    perform claim(p_pot);
    perform reveal(p_pot);
    perform pass_time('1 minute');
    return case when winner(p_pot) = user_id('late') then 'won' else 'lost' end;
end $$;
create function pg_temp.found(p_pot text)
returns jsonb
language sql
as $$
    select jsonb_agg(jsonb_build_array(
        f.user_id = user_id('late'), f.entry_id = entry_id('late', p_pot),
        f.score, f.effect, f.evidence
    ))
    from private.flags as f
    where f.pot_id = pot_id(p_pot) and f.kind = 'late_computed_join'
$$;
select register_keys();
select make_user(n.name, 1000)
from unnest('{late,player 1,player 2,player 3,player 4,player 5}'::text[]) as n (name);

select pg_temp.play(pg_temp.drawn_last(1), '{late}') is null;
select is(pg_temp.end(pg_temp.drawn_last(1)), 'won', 'the last of all wins');
select pg_temp.play(pg_temp.drawn_last(2), '{late}') is null;
select is(pg_temp.found(pg_temp.drawn_last(2)), null, 'one lucky win is luck');
select pg_temp.end(pg_temp.drawn_last(2)) = 'won';
select pg_temp.play(pg_temp.drawn_last(3), '{late}') is null;
select is(pg_temp.found(pg_temp.drawn_last(3)), null, 'so are two');
select pg_temp.end(pg_temp.drawn_last(3)) = 'won';
select pg_temp.play(pg_temp.drawn_last(4), '{late}') is null;
select is(
    pg_temp.found(pg_temp.drawn_last(4)),
    '[[true, true, 0.593, "note", {
        "pots_joined_last": 3, "won": 3, "expected": 0.30, "tickets": 1
    }]]', 'three are noted'
);
select pg_temp.end(pg_temp.drawn_last(4)) = 'won';
select pg_temp.play('beacon', '{late}', 2) is null;
select is(pg_temp.found('beacon'), null, 'in draw 2 there is nothing to compute');
select pg_temp.play('not last', '{late,player 1}') is null;
select is(pg_temp.found('not last'), null, 'nor for who is not the last');
-- Which is no pot that counts below.
select pg_temp.end('not last') is null;
select pg_temp.play(pg_temp.drawn_last(5), '{late}') is null;
select is(
    pg_temp.found(pg_temp.drawn_last(5)),
    '[[true, true, 0.929, "hold", {
        "pots_joined_last": 4, "won": 4, "expected": 0.40, "tickets": 1
    }]]', 'four are held'
);
select is(
    (
        select count(*) from private.flags as f
        where f.kind = 'late_computed_join' and f.user_id <> user_id('late')
    ),
    0::bigint, 'nobody else is flagged for it'
);

select * from finish();
rollback;
