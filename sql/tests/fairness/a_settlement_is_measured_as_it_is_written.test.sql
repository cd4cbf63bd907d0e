-- Each settlement keeps how long its reveal took, and where the winning ticket stands among the
-- pot's tickets in order of how many their holder has.

begin;
\ir ../support/helpers.sql
select plan(5);

-- Ann holds 4 tickets (0, 1, 2 and 8), Ben 5 (3 to 7), Cy 1 (9): by holdings Cy comes first, then
-- Ann, then Ben.
create temporary table ranks (ticket bigint, winner_rank bigint, share numeric) on commit drop;
insert into ranks values
(0, 1, 0.4), (1, 2, 0.4), (2, 3, 0.4), (3, 5, 0.5), (4, 6, 0.5),
(5, 7, 0.5), (6, 8, 0.5), (7, 9, 0.5), (8, 4, 0.4), (9, 0, 0.1);

create function pg_temp.play(p_pot text)
returns void
language plpgsql
as $$
begin
    perform freeze_time('2030-01-01 12:00:00Z');
    perform open_pot(p_pot);
    perform join_pot('ann', p_pot, 3);
    perform join_pot('ben', p_pot, 5);
    perform join_pot('ann', p_pot, 1);
    perform join_pot('cy', p_pot, 1);
    perform lock(p_pot);
    perform attest(p_pot);
    perform claim(p_pot);
    perform freeze_time('2030-01-01 12:00:04.25Z');
    perform reveal(p_pot);
end $$;

select register_keys();
select make_user(name, 10000) from unnest('{ann,ben,cy}'::text[]) as players (name);
select pg_temp.play('pot ' || n) from generate_series(1, 8) as pots (n);

select ok(
    (select count(distinct s.winning_ticket) from private.settlements as s) >= 4,
    'the seeds of these pots draw different tickets'
);
select is(
    (
        select array_agg(s.winner_rank order by s.pot_id)
        from private.settlements as s
    ),
    (
        select array_agg(r.winner_rank order by s.pot_id)
        from private.settlements as s
        inner join ranks as r on s.winning_ticket = r.ticket
    ),
    'the rank of the winning ticket by its holder''s tickets'
);
select is(
    (
        select array_agg(round(s.winner_share::numeric, 9)::text order by s.pot_id)
        from private.settlements as s
    ),
    (
        select array_agg(round(r.share, 9)::text order by s.pot_id)
        from private.settlements as s
        inner join ranks as r on s.winning_ticket = r.ticket
    ),
    'the winner''s share'
);
select is(
    array(select distinct round(s.expected_share::numeric, 9) from private.settlements as s),
    '{0.420000000}',
    'and what it is on average: 0.16 + 0.25 + 0.01'
);
select is(
    (
        select array_agg(distinct row(s.draw_version, s.total_tickets, s.reveal_micros)::text)
        from private.settlements as s
        where s.beacon_micros is null
    ),
    '{"(1,10,4250000)"}',
    'draw version, tickets, lock to reveal in microseconds, and no beacon'
);

select * from finish();
rollback;
