-- More than twenty joins, each within a second of the one before: noted, and never held by default.
-- No policy notes fewer.

begin;
\ir ../support/helpers.sql
\ir ../support/crowds.sql
select plan(3);

create function pg_temp.bursts(p_player text, p_joins integer, p_apart interval)
returns void
language plpgsql
as $$
begin
    for v_n in 1..p_joins loop
        perform join_from(p_player, 'big', 1, '203.0.113.1', p_player);
        perform pass_time(p_apart);
    end loop;
end $$;
select freeze_time('2030-01-01 12:00:00Z');
select open_pot('big', '{"max_tickets": 500, "max_per_user": 60, "fill_seconds": 7200}');
select set_policy('{
    "kind": "velocity_burst", "effect": "note", "min_score": 0, "reason": "a test"
}') is null;
select pg_temp.bursts('twenty', 20, '0.999 seconds') is null;
select pg_temp.bursts('one more', 21, '0.999 seconds') is null;
select pg_temp.bursts('each second', 30, '1 second') is null;
select pg_temp.bursts('with a rest', 11, '0.1 seconds') is null;
select pass_time('1 second');
select pg_temp.bursts('with a rest', 10, '0.1 seconds') is null;
select pg_temp.bursts('one given back', 21, '0.1 seconds') is null;
select cancel_entry('one given back', 'big') is null;
select pg_temp.bursts('machine', 41, '0.1 seconds') is null;
select pass_time('2 hours');
select lock('big') ? 'lock_digest';

select is(
    (
        select jsonb_object_agg(f.player, jsonb_build_array(f.score, f.effect, f.evidence))
        from flags('big') as f where f.kind = 'velocity_burst'
    ),
    '{
        "one more": [0.500, "note", {"joins": 21, "within_a_second": 20}],
        "machine": [0.993, "note", {"joins": 41, "within_a_second": 40}]
    }', 'from 21 on, and surer the more there are'
);
select is(
    (
        select array_agg(f.entry_id) from private.flags as f
        where f.kind = 'velocity_burst' and f.user_id = user_id('one more')
    ),
    (
        select array[e.id] from public.pot_entries as e
        where e.user_id = user_id('one more') order by e.seq limit 1
    ),
    'at the first entry of it'
);
select is(
    (select count(*) from flags('big') as f where f.kind = 'velocity_burst' and f.effect <> 'note'),
    0::bigint, 'nobody is held for it alone'
);

select * from finish();
rollback;
