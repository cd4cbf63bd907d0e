-- Whoever knows the seed knows at the lock who wins; lowering the score that holds must not help.

begin;
\ir ../support/helpers.sql
\ir ../support/crowds.sql
select plan(8);

select freeze_time('2030-01-01 12:00:00Z');
select set_policy(p.arguments)
from (values
    ('{"kind": "shared_device", "effect": "hold", "min_score": 1, "reason": "a test"}'::jsonb),
    ('{"kind": "synchronised_joins", "effect": "hold", "min_score": 1, "reason": "a test"}'),
    ('{"kind": "cap_splitting", "effect": "hold", "min_score": 1, "reason": "a test"}')
) as p (arguments);
create function pg_temp.ring(p_pot text)
returns void
language plpgsql
as $$
begin
    perform open_pot(p_pot, '{"max_tickets": 200, "max_per_user": 5}');
    for v_n in 1..5 loop
        perform join_from('ring ' || v_n, p_pot, 5, '203.0.113.' || v_n, 'one phone');
    end loop;
    for v_n in 1..20 loop
        perform join_honest(p_pot, v_n);
    end loop;
    perform pass_time('1 hour');
    perform lock(p_pot);
end $$;
select pg_temp.ring('big') is null;
select is(
    (select count(*) from flags('big') as f where f.kind = 'shared_device' and f.effect = 'note'),
    5::bigint, 'five are noted at the lock'
);
select pass_time('1 second');
select set_policy('{
    "kind": "shared_device", "effect": "hold", "min_score": 0.5, "reason": "to hold them"
}');
update private.flags as f set score = 0.6 where f.kind = 'shared_device';
select is(private.scan_pot(pot_id('big'), 'reveal'), 5, 'a second look raises them');
select is(
    (select count(*) from flags('big') as f where f.kind = 'shared_device' and f.effect = 'hold'),
    0::bigint, 'and holds nobody'
);
select pg_temp.ring('next') is null;
select is(
    (select count(*) from flags('next') as f where f.kind = 'shared_device' and f.effect = 'hold'),
    5::bigint, 'a pot that locks afterwards does'
);

-- ------------------------------------------------------------------- to the moment and the score
select set_policy('{
    "kind": "confirmed_ring", "effect": "refuse", "min_score": 0.7, "reason": "a test"
}');
select is(
    private.flag_effect('confirmed_ring', 0.7, 'join', null), 'refuse',
    'from its score on a policy refuses'
);
select is(
    private.flag_effect('confirmed_ring', 0.7, 'lock', private.now()), 'hold',
    'and once a pot is locked it holds, also in one that locks as it is set'
);
select is(
    private.flag_effect('confirmed_ring', 0.7, 'lock', private.now() - interval '1 microsecond'),
    'note', 'in one that locked before it is noted, as it was by then'
);
select is(
    private.flag_effect('confirmed_ring', 0.699, 'join', null), 'note', 'and so is a lower score'
);

select * from finish();
rollback;
