-- The tally of a wallet lets nobody make one join too many, whichever call made those before.

begin;
\ir ../support/helpers.sql
select plan(12);

select freeze_time('2030-01-01 12:00:00Z');
select make_user(p.name, 100) from unnest('{ann,bob,cat,dan}'::text[]) as p (name);
select open_pot('big', '{
    "entry_cost": 1, "max_tickets": 1000, "max_per_user": 100, "fill_seconds": 86400
}');

create function pg_temp.batched(p_player text)
returns text
language sql
as $$
    select coalesce(r.result ->> 'message', 'joined')
    from jsonb_array_elements(rpc('service_role', 'join_pots', jsonb_build_object(
        'batch', jsonb_build_array(on_pot('big', jsonb_build_object(
            'user_id', user_id(p_player), 'ticket_count', 1
        )))
    )) -> 'results') as r (result)
$$;

-- Each with a player and a rule of their own.
create function pg_temp.played(p_player text, p_rule text)
returns setof text
language plpgsql
as $$
begin
    perform set_rail('global', null, p_rule, '4');
    return next is(
        array[
            pg_temp.batched(p_player), pg_temp.batched(p_player),
            coalesce(join_pot(p_player, 'big', 1) ->> 'message', 'joined'),
            pg_temp.batched(p_player), pg_temp.batched(p_player)
        ],
        '{joined,joined,joined,joined,velocity_exceeded}', p_rule || ': four and no more'
    );
    perform pass_time('23 hours 59 minutes');
    return next is(
        pg_temp.batched(p_player),
        case when p_rule like '%_minute' then 'joined' else 'velocity_exceeded' end,
        p_rule || ': as far back as it counts'
    );
    perform pass_time('2 minutes');
    return next is(pg_temp.batched(p_player), 'joined', p_rule || ': and no further');
    perform set_rail('global', null, p_rule, null);
end $$;

-- The deadline of the pot is not what this is about.
alter table public.pots disable trigger user;
update public.pots set locks_at = '2100-01-01' where id = pot_id('big');
alter table public.pots enable trigger user;
select pg_temp.played('ann', 'joins_per_minute');
select pg_temp.played('bob', 'credits_per_minute');
select pg_temp.played('cat', 'joins_per_day');
select pg_temp.played('dan', 'credits_per_day');

select * from finish();
rollback;
