-- A family that joins at one table once and each when they like later, and fans who come at a call
-- evening after evening, are not held.

begin;
\ir ../support/helpers.sql
\ir ../support/crowds.sql
select plan(4);

select freeze_time('2030-01-01 18:00:00Z');
create function pg_temp.evening(p_pot text)
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
            -- One after the other the first time, each with a phone of their own.
            select
                case
                    when p_pot = 'evening 1' then 10.0 + n / 10.0
                    else (hashtext(n || p_pot) & 1023) / 25.6
                end as place, 'family ' || n as player, 1 + n % 3 as tickets,
                '203.0.113.1' as address
            from generate_series(1, 4) as g (n)
            union all
            -- Within the same minute, some strangers between them, in any order, and not all come.
            select
                20 + (hashtext(p_pot || n) & 1023) / 51.2, 'fan ' || n, 1 + n % 4,
                '192.0.2.' || n
            from generate_series(1, 20) as g (n)
            where hashtext(n || p_pot) % 3 <> 0
            union all
            select n, honest((hashtext(p_pot) & 255) * 40 + n), 1 + n % 3, '198.51.100.' || n
            from generate_series(1, 40) as g (n)
        ) as w
        order by w.place
    loop
        perform join_from(
            v_who.player, p_pot, v_who.tickets, v_who.address, 'phone of ' || v_who.player
        );
    end loop;
    perform pass_time('1 day');
    perform lock(p_pot);
end $$;

select pg_temp.evening('evening ' || n) is null from generate_series(1, 4) as g (n);
select is(suspects('evening ' || n), '{}', 'nobody is held: evening ' || n)
from generate_series(1, 4) as g (n);

select * from finish();
rollback;
