-- Two accounts with nothing in common meet in every pot, one right after the other and at the cap;
-- two friends meet as often, but come when they come and buy what they like.

begin;
\ir ../support/helpers.sql
\ir ../support/crowds.sql
select plan(3);

select freeze_time('2030-01-01 12:00:00Z');
create function pg_temp.play(p_pot text, p_from integer, p_friends integer)
returns void
language plpgsql
as $$
begin
    perform open_pot(p_pot, '{"max_tickets": 200, "max_per_user": 5}');
    for v_n in 1..40 loop
        perform join_honest(p_pot, p_from + v_n, 1 + v_n % 3);
        if v_n = 5 + p_friends then
            perform join_from('friend 1', p_pot, 1 + p_friends % 3, '192.0.2.1', 'one');
        elsif v_n = 35 - p_friends then
            perform join_from('friend 2', p_pot, 2, '192.0.2.2', 'two');
        elsif v_n = 20 + p_friends then
            perform join_from('pair 1', p_pot, 5, '203.0.113.1', 'three');
            perform join_from('pair 2', p_pot, 5, '203.0.113.2', 'four');
        end if;
    end loop;
    perform pass_time('1 hour');
    perform lock(p_pot);
end $$;

-- Other players each time, so that the pots are many people's.
select pg_temp.play('pot ' || n, 40 * n, n) is null from generate_series(1, 6) as g (n);

select is(suspects('pot 1'), '{}', 'once is chance');
select is(suspects('pot 6'), '{"pair 1","pair 2"}', 'six times is none');
select is(
    (
        select array_agg(distinct cast(f.evidence ->> 'pots_together' as numeric))
        from flags('pot 6') as f
        where f.kind = 'played_together'
    ),
    '{5}', 'and the flag says how often before'
);

select * from finish();
rollback;
