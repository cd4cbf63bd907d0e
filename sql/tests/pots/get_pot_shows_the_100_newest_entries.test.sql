-- The list of entries is cut at 100, the newest first.

begin;
\ir ../support/helpers.sql
select plan(1);

select make_user('ann', 1000);
select open_pot('big', '{"entry_cost": 1, "max_tickets": 200, "max_per_user": 200}');
select join_pot('ann', 'big', 1) is null from generate_series(1, 101);

select is(
    (
        select array_agg(e.entry ->> 'entry_id' order by e.place)
        from jsonb_array_elements(rpc('ann', 'get_pot', on_pot('big')) -> 'entries')
            with ordinality as e (entry, place)
    ),
    array(select e.id::text from public.pot_entries as e order by e.seq desc limit 100),
    '100 of 101, from the newest on'
);

select * from finish();
rollback;
