-- A trait is judged against the others: where nearly all buy to the cap, or change devices, an
-- office that does not is nothing to look at.

begin;
\ir ../support/helpers.sql
\ir ../support/crowds.sql
select plan(4);

select freeze_time('2030-01-01 12:00:00Z');
create function pg_temp.play(p_pot text, p_tickets integer, p_device text)
returns void
language plpgsql
as $$
declare
    v_who record;
begin
    perform open_pot(p_pot, '{"max_tickets": 500, "max_per_user": 5}');
    for v_who in
        select w.*
        from (
            select
                'office ' || n as player, 1 + n % 2 as tickets, '203.0.113.1' as address,
                'of office ' || n as device
            from generate_series(1, 6) as g (n)
            union all
            select
                honest(n), coalesce(p_tickets, 1 + n % 3), '198.51.100.' || n,
                coalesce(p_device, '') || ' of ' || n
            from generate_series(1, 36) as g (n)
        ) as w
        -- Another order of chance each time.
        order by md5(p_pot || w.player)
    loop
        perform join_from(v_who.player, p_pot, v_who.tickets, v_who.address, v_who.device);
    end loop;
    perform pass_time('1 hour');
    perform lock(p_pot);
end $$;

select pg_temp.play('at the cap', 5, null) is null;
select is(suspects('at the cap'), '{}', 'nobody is held among buyers to the cap');
select pg_temp.play('changing ' || n, null, 'device ' || n) is null
from generate_series(1, 3) as g (n);
select is(
    suspects('changing ' || n), '{}', 'nor among changing devices: pot ' || n
)
from generate_series(1, 3) as g (n);

select * from finish();
rollback;
