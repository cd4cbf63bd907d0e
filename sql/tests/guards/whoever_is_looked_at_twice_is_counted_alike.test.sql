-- A join that nothing stands against is let in at a glance (private.join_pot); any other is looked
-- at again (private.guard_join), such as those of a player with limits of one's own. To both a
-- minute, a day and a new account's tickets are as long and as many.

begin;
\ir ../support/helpers.sql
select plan(14);

select freeze_time('2030-01-01 12:00:00Z');
select make_user(n.name, 10000) from unnest('{glance,own}'::text[]) as n (name);
update auth.users set created_at = '2030-01-01 12:00:00Z' where id = user_id('own');
select rpc('own', 'set_play_limits', '{"day": 5000, "week": null, "month": null}');
select open_pot(
    'big',
    '{"max_tickets": 1000, "max_per_user": 1000, "entry_cost": 1, "fill_seconds": 2592000}'
);
-- What the second of two joins comes to, p_later after the first, where one is the limit.
create function pg_temp.second_join(p_player text, p_rule text, p_later interval)
returns text
language plpgsql
as $$
declare
    v_second jsonb;
begin
    perform pass_time('25 hours');
    perform set_rail('global', null, p_rule, '1');
    perform join_pot(p_player, 'big');
    perform pass_time(p_later);
    v_second := join_pot(p_player, 'big');
    perform set_rail('global', null, p_rule, null);
    return coalesce(v_second ->> 'message', 'joined');
end $$;
select is(
    pg_temp.second_join(p.player, r.rule, r.later) || ' '
    || pg_temp.second_join(p.player, r.rule, r.later - interval '1 microsecond'),
    'joined velocity_exceeded',
    format('%s, %s: %s and a microsecond less', p.player, r.rule, r.later)
)
from unnest('{glance,own}'::text[]) as p (player)
cross join (values
    ('joins_per_minute', interval '1 minute'), ('credits_per_minute', '1 minute'),
    ('joins_per_day', '24 hours'), ('credits_per_day', '24 hours')
) as r (rule, later);

-- Both are new accounts now.
update auth.users set created_at = private.now() where id in (user_id('own'), user_id('glance'));
select set_rail('global', null, 'new_account_hours', '24');
select set_rail('global', null, 'new_account_tickets', '20');
select is(h.held, 12::bigint, h.player || ' holds so many')
from (
    select p.player, sum(e.ticket_count) as held
    from unnest('{glance,own}'::text[]) as p (player)
    inner join public.pot_entries as e on e.user_id = user_id(p.player)
    group by p.player
) as h;
select is(
    join_pot(p.player, 'big', 9) ->> 'details', '{"left": 8, "limit": "new_account_tickets"}',
    p.player || ' may not have one more than a new account'
)
from unnest('{glance,own}'::text[]) as p (player);
select ok(join_pot(p.player, 'big', 8) ? 'entry_id', p.player || ' may have as many')
from unnest('{glance,own}'::text[]) as p (player);

select * from finish();
rollback;
