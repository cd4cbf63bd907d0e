-- ann was in a group with cid, and bob in another one with cid: ann and bob belong together, be cid
-- here or not, if it was nearly sure both times.

begin;
\ir ../support/helpers.sql
\ir ../support/crowds.sql
select plan(4);

-- Two pots in which the two groups were suspected, with such scores; then ann and bob alone.
create function pg_temp.meet(p_name text, p_score numeric)
returns table (player text, kind text)
language plpgsql
as $$
begin
    for v_n in 1..2 loop
        perform open_pot(p_name || v_n, '{"max_tickets": 50, "max_per_user": 5}');
        perform join_from(
            p_name || who, p_name || v_n, 1, '203.0.113.' || n, 'of ' || p_name || who
        )
        from unnest(
            array[case v_n when 1 then 'ann' else 'bob' end, 'cid']
        ) with ordinality as m (who, n);
        perform pass_time('1 hour');
        perform lock(p_name || v_n);
        insert into private.flags as f (
            pot_id, user_id, kind, score, evidence, phase, effect, created_at, updated_at
        )
        select
            e.pot_id, e.user_id, 'shared_device', p_score, '{"group": "g"}', 'lock', 'note',
            private.now(), private.now()
        from public.pot_entries as e
        where e.pot_id = pot_id(p_name || v_n);
    end loop;
    perform open_pot(p_name, '{"max_tickets": 50, "max_per_user": 5}');
    perform join_from(
        p_name || who, p_name, 1, '192.0.2.' || length(p_name || who), 'of ' || p_name || who
    )
    from unnest('{ann,bob}'::text[]) as m (who);
    return query
    select u.who, e.kind
    from private.earlier_suspicions(pot_id(p_name)) as e
    inner join unnest('{ann,bob}'::text[]) as u (who) on e.user_id = user_id(p_name || u.who)
    order by 1;
end $$;

select results_eq(
    $$select * from pg_temp.meet('sure ', 0.9)$$,
    $$values ('ann', 'earlier_suspicion'), ('bob', 'earlier_suspicion')$$,
    'they are known together'
);
select is_empty(
    $$select * from pg_temp.meet('odd ', 0.7)$$,
    'who is less than sure to be one person is tied by nobody who is away'
);

-- The same two with the third among them need no certainty: all three are seen.
select join_from('odd cid', 'odd ', 1, '192.0.2.9', 'of odd cid') ->> 'ticket_count';
select is(
    (
        select count(*)
        from private.earlier_suspicions(pot_id('odd ')) as e
        where e.kind = 'earlier_suspicion'
    ),
    3::bigint, 'with the third here they are three'
);
select is(
    (
        select count(*)
        from private.earlier_suspicions(pot_id('sure ')) as e
        where e.kind = 'known_member'
    ),
    0::bigint, 'and none of two is here alone'
);

select * from finish();
rollback;
