-- What is carried on, to the very score and moment: from 0.5 on, for less than 90 days, until it is
-- cleared; and of one who is here alone from 0.8 on.

begin;
\ir ../support/helpers.sql
select plan(13);

-- ann and bob were suspected in a pot together, with that score so long ago, and met in another one
-- so long ago in which nothing was seen; ann was cleared so long ago of something else. Then those
-- who are named are in a pot: what is carried on, and of how many pots.
create function pg_temp.carried(
    p_score numeric, p_suspected interval, p_met interval default null,
    p_cleared interval default null, p_here text[] default '{ann,bob}'
)
returns jsonb
language plpgsql
as $$
declare
    c_now constant timestamptz := '2030-06-01 12:00:00Z';
    v_result jsonb;
begin
    begin
        perform make_user(n.name, 100) from unnest('{ann,bob}'::text[]) as n (name);
        perform freeze_time(c_now - p_suspected);
        perform open_pot('suspected', '{"max_tickets": 2}');
        perform join_pot(n.name, 'suspected') from unnest('{ann,bob}'::text[]) as n (name);
        perform lock('suspected');
        insert into private.flags (
            pot_id, user_id, kind, score, evidence, phase, effect, created_at, updated_at
        )
        select
            pot_id('suspected'), user_id(n.name), 'shared_device', p_score, '{"group": "g"}',
            'lock', 'note', private.now(), private.now()
        from unnest('{ann,bob}'::text[]) as n (name);
        if p_met is not null then
            perform freeze_time(c_now - p_met);
            perform open_pot('met', '{"max_tickets": 2}');
            perform join_pot(n.name, 'met') from unnest('{ann,bob}'::text[]) as n (name);
            perform lock('met');
        end if;
        if p_cleared is not null then
            perform freeze_time(c_now - p_cleared);
            perform flag(user_id('ann'), 'suspected', 'note', 'velocity_burst');
            update private.flags as f
            set status = 'cleared', reviewed_at = private.now(), reviewed_by = gen_random_uuid()
            where f.kind = 'velocity_burst';
        end if;
        perform freeze_time(c_now);
        perform open_pot('now', '{"max_tickets": 2}');
        perform join_pot(n.name, 'now') from unnest(p_here) as n (name);
        select jsonb_object_agg(
            split_part(u.email, '@', 1), jsonb_build_array(e.kind, e.evidence -> 'earlier_pots')
        )
        into v_result
        from private.earlier_suspicions(pot_id('now')) as e
        inner join auth.users as u on e.user_id = u.id;
        -- Each story begins anew.
        raise exception sqlstate 'TAP00';
    exception
        when sqlstate 'TAP00' then
            return v_result;
    end;
end $$;
create function pg_temp.of_both(p_pots integer)
returns jsonb
language sql
as $$
    select jsonb_build_object(
        'ann', jsonb_build_array('earlier_suspicion', p_pots),
        'bob', jsonb_build_array('earlier_suspicion', p_pots)
    )
$$;

select is(pg_temp.carried(0.5, '1 day'), pg_temp.of_both(1), 'what was as likely as not');
select is(pg_temp.carried(0.499, '1 day'), null, 'not what was less');

select is(
    pg_temp.carried(0.9, '89 days 23:59:59'), pg_temp.of_both(1), 'what is not yet 90 days old'
);
select is(pg_temp.carried(0.9, '90 days'), null, 'not what is');
select is(
    pg_temp.carried(0.9, '1 day', '89 days 23:59:59'), pg_temp.of_both(2),
    'over all pots of these days in which they met'
);
select is(
    pg_temp.carried(0.9, '1 day', '90 days'), pg_temp.of_both(1), 'and no others'
);

select is(
    pg_temp.carried(0.9, '1 day', null, '23 hours'), '{"bob": ["known_member", 1]}',
    'not of one whom a person cleared since'
);
select is(
    pg_temp.carried(0.9, '1 day', null, '1 day'), pg_temp.of_both(1),
    'but what was seen as late as the clearing is news'
);

select is(
    pg_temp.carried(0.9, '1 day', null, null, '{ann}'), '{"ann": ["known_member", 1]}',
    'of one who is here alone'
);
select is(
    pg_temp.carried(0.8, '1 day', null, null, '{ann}'), '{"ann": ["known_member", 1]}',
    'what was nearly sure'
);
select is(pg_temp.carried(0.799, '1 day', null, null, '{ann}'), null, 'and nothing that was less');

-- Two who were each with a third, that is away.
create function pg_temp.tied(p_score numeric)
returns bigint
language plpgsql
as $$
declare
    v_result bigint;
begin
    begin
        perform freeze_time('2030-06-01 12:00:00Z');
        perform make_user(n.name, 100) from unnest('{ann,bob,cid}'::text[]) as n (name);
        for v_n in 1..2 loop
            perform open_pot('pot ' || v_n);
            insert into private.flags (
                pot_id, user_id, kind, score, evidence, phase, effect, created_at, updated_at
            )
            select
                pot_id('pot ' || v_n), user_id(n.name), 'shared_device', p_score,
                '{"group": "g"}', 'lock', 'note', private.now(), private.now()
            from unnest(array[case v_n when 1 then 'ann' else 'bob' end, 'cid']) as n (name);
        end loop;
        perform open_pot('now', '{"max_tickets": 2}');
        perform join_pot(n.name, 'now') from unnest('{ann,bob}'::text[]) as n (name);
        select count(*) into v_result
        from private.earlier_suspicions(pot_id('now')) as e
        where e.kind = 'earlier_suspicion';
        raise exception sqlstate 'TAP00';
    exception
        when sqlstate 'TAP00' then
            return v_result;
    end;
end $$;
select is(pg_temp.tied(0.8), 2::bigint, 'nearly sure ties two through a third who is away');
select is(pg_temp.tied(0.799), 0::bigint, 'and less does not');

select * from finish();
rollback;
