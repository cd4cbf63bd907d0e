-- What one pot showed fades with every pot in which the same accounts meet and nothing is seen.

begin;
\ir ../support/helpers.sql
\ir ../support/crowds.sql
select plan(3);

select freeze_time('2030-01-01 12:00:00Z');
create function pg_temp.play(p_pot text, p_strangers integer)
returns void
language plpgsql
as $$
begin
    perform open_pot(p_pot, '{"max_tickets": 200, "max_per_user": 5}');
    for v_n in 1..40 loop
        perform join_honest(p_pot, p_strangers + v_n);
        if v_n in (9, 33) then
            perform join_from(
                'odd ' || v_n, p_pot, 1 + v_n % 2, '203.0.113.' || v_n, 'phone ' || v_n
            );
        end if;
    end loop;
    perform pass_time('1 day');
    perform lock(p_pot);
end $$;
create function pg_temp.carried(p_pot text)
returns double precision
language sql
as $$
    select coalesce(max(f.score), 0)::double precision
    from flags(p_pot) as f
    where f.kind = 'earlier_suspicion'
$$;

select pg_temp.play('first', 0) is null;
insert into private.flags (
    pot_id, user_id, kind, score, evidence, phase, effect, created_at, updated_at
)
select
    pot_id('first'), user_id('odd ' || n), 'shared_address', 0.7, '{"group": "by hand"}', 'lock',
    'note', private.now(), private.now()
from unnest('{9, 33}'::integer[]) as g (n);
select pg_temp.play('second', 100) is null;
select is(pg_temp.carried('second'), 0.7::double precision, 'as it was in the next pot');
select pg_temp.play('third', 200) is null;
select cmp_ok(pg_temp.carried('third'), '<', 0.6::double precision, 'less in the one after');
select pg_temp.play('fourth', 300) is null;
select pg_temp.play('fifth', 400) is null;
select pg_temp.play('sixth', 500) is null;
select pg_temp.play('seventh', 600) is null;
select is(pg_temp.carried('seventh'), 0::double precision, 'and in the end no more');

select * from finish();
rollback;
