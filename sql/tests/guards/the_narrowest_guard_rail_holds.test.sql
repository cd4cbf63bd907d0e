-- User before template before region before global; "off" lifts what is wider, and taking a rail
-- away leaves what is wider.

begin;
\ir ../support/helpers.sql
select plan(17);

select make_user('ann', 1000);
select make_user('bob', 1000);
select rpc('pot_orchestrator', 'upsert_pot_template', jsonb_build_object(
    'name', t.name, 'entry_cost', 1, 'max_tickets', 100, 'max_per_user', 100, 'open_pots', t.pots,
    'fill_seconds', 3600
))
from (values ('small', 1), ('other', 0)) as t (name, pots);
select stock('small');
select rpc('pot_orchestrator', 'rotate_pots');
select open_pot('lone', '{"entry_cost": 1, "max_tickets": 100, "max_per_user": 100}');
select headers('{"cf-ipcountry": "DE"}');

create function pg_temp.left_to(p_player text, p_pot text default 'small')
returns text
language sql
as $$
    select coalesce((r.body ->> 'details')::jsonb ->> 'left', 'more')
    from (select join_pot(p_player, p_pot, 90)) as r (body)
$$;
create function pg_temp.rail(p_scope text, p_scope_id text, p_value jsonb)
returns jsonb
language sql
as $$
    select set_rail(p_scope, p_scope_id, 'credits_per_day', p_value)
$$;

select pg_temp.rail('global', null, '10');
select is(pg_temp.left_to('ann'), '10', 'the global one alone');
select pg_temp.rail('region', 'DE', '20');
select is(pg_temp.left_to('ann'), '20', 'the region''s before it, looser');
select headers('{"cf-ipcountry": "FR"}');
select is(pg_temp.left_to('ann'), '10', 'in another region the global one');
select headers('{"cf-ipcountry": "DE"}');
select pg_temp.rail('template', 'small', '5');
select is(pg_temp.left_to('ann'), '5', 'the template''s before both, stricter');
select is(pg_temp.left_to('ann', 'lone'), '20', 'in a pot of no template the region''s');
select pg_temp.rail('template', 'other', '1');
select is(pg_temp.left_to('ann'), '5', 'another template''s is nothing to it');
select pg_temp.rail('user', user_id('ann')::text, '7');
select is(pg_temp.left_to('ann'), '7', 'the user''s before all');
select is(pg_temp.left_to('ann', 'lone'), '7', 'in every pot');
select is(pg_temp.left_to('bob'), '5', 'for that user');
select pg_temp.rail('user', user_id('ann')::text, '"off"');
select pg_temp.rail('template', 'small', '"off"');
select is(pg_temp.left_to('bob'), 'more', 'off at the template: no limit there');
select is(pg_temp.left_to('ann', 'lone'), 'more', 'off at the user: no limit anywhere');
select pg_temp.rail('user', user_id('ann')::text, null);
select is(pg_temp.left_to('ann', 'lone'), '0', 'taken away, the region''s holds again');
select pg_temp.rail('region', 'DE', null);
select is(pg_temp.left_to('bob', 'lone'), '0', 'and then the global one');

select set_rail('global', null, 'blocked_regions', '["DE"]');
select set_rail('global', null, 'credits_per_day', null);
select is(join_pot('bob', 'lone') ->> 'message', 'region_blocked', 'DE is blocked');
select set_rail('template', 'small', 'blocked_regions', '[]');
select ok(join_pot('bob', 'small') ? 'entry_id', 'but not in pots of a template that blocks none');
select set_rail('user', user_id('bob')::text, 'blocked_regions', '["DE"]');
select is(join_pot('bob', 'small') ->> 'message', 'region_blocked', 'nor for a user with a list');
select set_rail('user', user_id('bob')::text, 'blocked_regions', '"off"');
select ok(join_pot('bob', 'lone') ? 'entry_id', 'off lets that user in from anywhere');

select * from finish();
rollback;
