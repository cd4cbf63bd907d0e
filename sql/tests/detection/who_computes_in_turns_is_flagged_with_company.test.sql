-- A ring that knows the seed takes turns to be last, and lets another of it win: each alone was
-- last once or twice, together they were it every time, and won.

begin;
\ir ../support/helpers.sql
select plan(6);

select freeze_time('2030-01-01 12:00:00Z');
-- The nth pot whose seed draws the first of twenty tickets.
create function pg_temp.drawn_first(p_nth integer)
returns text
language sql
as $$
    select 'pot ' || n
    from generate_series(1, 2000) as g (n)
    where private.draw_index(private.draw_hmac(
        decode(seed('pot ' || n), 'hex'), decode(commit_hash('pot ' || n), 'hex')
    ), 20) = 0
    order by n
    offset p_nth - 1
    limit 1
$$;
-- Member 0 comes first, and the others in turns last; between them play others each time.
create function pg_temp.play(p_pot text, p_round integer)
returns void
language plpgsql
as $$
begin
    perform open_pot(p_pot, '{"max_tickets": 20, "draw_version": 1}');
    perform join_pot('member 0', p_pot);
    perform join_pot('member ' || 1 + (p_round + 1) % 2, p_pot);
    for v_n in 1..17 loop
        perform make_user(p_pot || ' ' || v_n, 10);
        perform join_pot(p_pot || ' ' || v_n, p_pot);
    end loop;
    perform join_pot('member ' || 1 + p_round % 2, p_pot);
    perform lock(p_pot);
    perform attest(p_pot);
end $$;
create function pg_temp.end(p_pot text)
returns boolean
language plpgsql
as $$
begin
    perform claim(p_pot);
    perform reveal(p_pot);
    perform pass_time('1 day');
    return winner(p_pot) = user_id('member 0');
end $$;
create function pg_temp.found(p_pot text)
returns jsonb
language sql
as $$
    select jsonb_agg(
        jsonb_build_array(split_part(u.email, '@', 1), f.effect, f.evidence - 'group')
        order by u.email
    )
    from private.flags as f
    inner join auth.users as u on f.user_id = u.id
    where f.pot_id = pot_id(p_pot) and f.kind = 'late_computed_join'
$$;
select register_keys();
select make_user('member ' || n, 1000) from generate_series(0, 2) as g (n);

select pg_temp.play(pg_temp.drawn_first(n), n) is null, pg_temp.end(pg_temp.drawn_first(n))
from generate_series(1, 3) as g (n);
select pg_temp.play(pg_temp.drawn_first(4), 4) is null;
select is(pg_temp.found(pg_temp.drawn_first(4)), null, 'three times may be luck');
select pg_temp.end(pg_temp.drawn_first(4));
select pg_temp.play(pg_temp.drawn_first(5), 5) is null;
select is(
    (
        select jsonb_agg(jsonb_build_array(f -> 0, f -> 1, f -> 2 -> 'members', f -> 2 -> 'won'))
        from jsonb_array_elements(pg_temp.found(pg_temp.drawn_first(5))) as f
    ),
    '[["member 0", "note", 3, 4], ["member 1", "note", 3, 4], ["member 2", "note", 3, 4]]',
    'four times is noted, of all'
);
select is(
    pg_temp.found(pg_temp.drawn_first(5)) -> 0 -> 2 -> 'pots_joined_last', '4',
    'for all pots that one of them was last in'
);
select pg_temp.end(pg_temp.drawn_first(5));
select pg_temp.play(pg_temp.drawn_first(6), 6) is null;
select is(pg_temp.found(pg_temp.drawn_first(6)) -> 1 ->> 1, 'hold', 'five times is held');
select is(
    (
        select count(*) from private.flags as f
        inner join auth.users as u on f.user_id = u.id
        where f.kind = 'late_computed_join' and u.email not like 'member %'
    ),
    0::bigint, 'nobody else is flagged for it'
);

select pg_temp.end(pg_temp.drawn_first(6));
update private.flags as f
set
    status = 'cleared', reviewed_at = private.now(), reviewed_by = gen_random_uuid(),
    reason = 'luck'
where f.user_id = user_id('member 0') and f.kind = 'late_computed_join';
select pg_temp.play(pg_temp.drawn_first(7), 7) is null;
select is(
    pg_temp.found(pg_temp.drawn_first(7)), null, 'what a person cleared the winner of is forgotten'
);

select * from finish();
rollback;
