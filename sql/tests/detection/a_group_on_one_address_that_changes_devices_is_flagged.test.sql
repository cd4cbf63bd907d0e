-- Six on one address with a new device in each pot are flagged for that; six of an office who come
-- and buy just alike, each with one device, are not. Where everybody changes devices it says
-- nothing.

begin;
\ir ../support/helpers.sql
\ir ../support/crowds.sql
select plan(6);

select freeze_time('2030-01-01 12:00:00Z');
create function pg_temp.play(p_crowd text, p_net text, p_round integer, p_others_change boolean)
returns void
language plpgsql
as $$
declare
    v_pot text := p_crowd || p_round;
    v_who record;
begin
    perform open_pot(v_pot, '{"max_tickets": 500, "max_per_user": 5}');
    for v_who in
        select w.*
        from (
            select
                p_crowd || ' changing ' || n as player, 1 + n % 3 as tickets,
                p_net || '.201' as address, true as changes
            from generate_series(1, 6) as g (n)
            union all
            select p_crowd || ' office ' || n, 1 + n % 3, p_net || '.202', false
            from generate_series(1, 6) as g (n)
            union all
            select p_crowd || ' other ' || n, 1 + n % 3, p_net || '.' || n, p_others_change
            from generate_series(1, 36) as g (n)
        ) as w
        -- Another order of chance each time.
        order by md5(p_round || w.player)
    loop
        perform join_from(
            v_who.player, v_pot, v_who.tickets, v_who.address,
            v_who.player || case when v_who.changes then p_round else 0 end
        );
    end loop;
    perform pass_time('1 hour');
    perform lock(v_pot);
end $$;

select pg_temp.play('steady', '198.51.100', n, false) is null from generate_series(1, 3) as g (n);
select is(suspects('steady1'), '{}', 'a first pot shows no change');
select is(
    suspects('steady3'), array(select 'steady changing ' || n from generate_series(1, 6) as g (n)),
    'in the third those are held who change'
);
select is(
    (
        select jsonb_agg(distinct jsonb_build_array(
            f.kind, f.evidence -> 'members', f.evidence -> 'new_devices',
            (f.evidence #>> '{weights,churned_devices}')::numeric > 1
        ))
        from flags('steady3') as f
        where f.kind in ('shared_address', 'churned_devices') and f.effect = 'hold'
    ),
    '[["churned_devices", 6, 12, true], ["shared_address", 6, 12, true]]',
    'for twelve changes of device, at one address'
);
select is(
    (select count(*) from flags('steady3') as f where f.kind = 'churned_devices'), 6::bigint,
    'each of them'
);
select is(
    (
        select count(*) from private.flags as f
        inner join auth.users as u on f.user_id = u.id
        where u.email not like 'steady changing %' and f.effect = 'hold'
    ),
    0::bigint, 'nobody of the office is held'
);

select pg_temp.play('restless', '203.0.113', n, true) is null from generate_series(1, 3) as g (n);
select is(
    (select count(*) from flags('restless3') as f where f.effect = 'hold'), 0::bigint,
    'among people who all change devices nobody is'
);

select * from finish();
rollback;
