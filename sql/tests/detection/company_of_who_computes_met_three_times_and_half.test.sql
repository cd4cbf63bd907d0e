-- Whoever was in three pots with the last to join, and in half of the pots of either, is asked
-- about with it: in a pot of up to 300 players, and until a person clears one of them.

begin;
\ir ../support/helpers.sql
select plan(8);

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
-- These join in this order, and before the last of them somebody new takes all that is left.
create function pg_temp.play(p_pot text, p_first text, p_last text)
returns void
language plpgsql
as $$
begin
    perform open_pot(p_pot, '{"max_tickets": 20, "max_per_user": 19, "draw_version": 1}');
    perform make_user('of ' || p_pot, 1000);
    if p_first is not null then
        perform join_pot(p_first, p_pot);
    end if;
    perform join_pot('of ' || p_pot, p_pot, 19 - num_nonnulls(p_first));
    perform join_pot(p_last, p_pot);
    perform rpc('pot_orchestrator', 'lock_pot', on_pot(p_pot));
end $$;
create function pg_temp.found(p_pot text)
returns jsonb
language sql
as $$
    select jsonb_object_agg(split_part(u.email, '@', 1), c.evidence -> 'members')
    from private.computed_joins(pot_id(p_pot)) as c
    inner join auth.users as u on c.user_id = u.id
$$;
select register_keys();
select make_user(n.name, 1000) from unnest('{mate,late}'::text[]) as n (name);
select
    pg_temp.play(pg_temp.drawn_first(n), 'mate', 'late'), attest(pg_temp.drawn_first(n)) is null,
    claim(pg_temp.drawn_first(n)) is null, reveal(pg_temp.drawn_first(n)) is null
from generate_series(1, 3) as g (n);
select is(
    (
        select count(*) from public.pots as p
        where p.status = 'settled' and p.winner_user_id = user_id('mate')
    ),
    3::bigint, 'three times the last to join lets another one win'
);
select pg_temp.play('now', 'mate', 'late') is null;
select is(pg_temp.found('now'), '{"late": 2, "mate": 2}', 'who was with it three times is asked');

-- ----------------------------------------------------------------------------- of so many players
create function pg_temp.crowd(p_participants integer)
returns void
language sql
as $$
    update private.pot_stripes as s
    set participants = s.participants + p_participants - t.participants
    from private.pot_totals(pot_id('now')) as t
    where s.pot_id = pot_id('now') and s.stripe = 0
$$;
select pg_temp.crowd(300) is null;
select is(pg_temp.found('now'), '{"late": 2, "mate": 2}', 'in a pot of 300 players');
select pg_temp.crowd(301) is null;
select is(pg_temp.found('now'), null, 'in a larger one the last alone is');
select pg_temp.crowd(3) is null;

-- -------------------------------------------------------------------------- until it was cleared
select flag(user_id('mate'), 'now', 'note', 'late_computed_join') is null;
create function pg_temp.cleared(p_after interval)
returns jsonb
language plpgsql
as $$
begin
    update private.flags as f
    set
        status = 'cleared', reviewed_at = private.now() + p_after,
        reviewed_by = gen_random_uuid(), reason = 'luck'
    where f.user_id = user_id('mate');
    return pg_temp.found('now');
end $$;
select is(
    array[pg_temp.cleared('0'), pg_temp.cleared('1 microsecond')],
    array['{"late": 2, "mate": 2}', null]::jsonb[],
    'what was settled as late as a clearing counts, and what was before does not'
);

delete from private.flags as f where f.user_id = user_id('mate');

-- --------------------------------------------------------------------------- in half of the pots
select pg_temp.play(p.player || n, null, p.player)
from unnest('{mate,late}'::text[]) as p (player)
cross join generate_series(1, 3) as g (n);
select is(
    pg_temp.found('now'), '{"late": 2, "mate": 2}', 'also where each was in three pots without'
);
select pg_temp.play('late 4', null, 'late') is null;
select is(pg_temp.found('now'), '{"late": 2, "mate": 2}', 'by who was in fewer');
select pg_temp.play('mate 4', null, 'mate') is null;
select is(pg_temp.found('now'), null, 'but not where both were in more');

select * from finish();
rollback;
