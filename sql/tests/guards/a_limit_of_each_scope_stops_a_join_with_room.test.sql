-- In a pot with so much room that a join finds tickets at once, where nothing is against it: one
-- limit alone is, of whatever scope and rule.

begin;
\ir ../support/helpers.sql
select plan(11);

select make_user('ann', 1000);
select make_user('bob', 1000);
select rpc('pot_orchestrator', 'upsert_pot_template', '{
    "name": "large", "entry_cost": 1, "max_tickets": 100000, "max_per_user": 100, "open_pots": 1,
    "fill_seconds": 3600
}');
select stock('large');
select rpc('pot_orchestrator', 'rotate_pots');
select headers('{"cf-ipcountry": "DE", "cf-connecting-ip": "203.0.113.7"}');
select ok(join_pot('ann', 'large', 1) ? 'entry_id', 'a first join');

create function pg_temp.stopped_by(p_scope text, p_scope_id text, p_rule text)
returns text
language plpgsql
as $$
declare
    v_body jsonb;
begin
    perform set_rail(p_scope, p_scope_id, p_rule, '1');
    v_body := join_pot('ann', 'large', 1);
    perform set_rail(p_scope, p_scope_id, p_rule, null);
    return (v_body ->> 'details')::jsonb ->> 'limit';
end $$;

select is(
    pg_temp.stopped_by(s.scope, s.scope_id, r.rule), r.rule, format('%s of %s', r.rule, s.scope)
)
from (
    values ('user', user_id('ann')::text), ('template', 'large'), ('region', 'DE'), ('global', null)
) as s (scope, scope_id)
cross join (values ('joins_per_day'), ('credits_per_minute')) as r (rule);

-- Of accounts an address the narrowest decides, whether it is the stricter one or not.
select set_rail('global', null, 'accounts_per_ip', '5');
select set_rail('template', 'large', 'accounts_per_ip', '1');
select is(
    join_pot('bob', 'large', 1) ->> 'details', '{"left": 0, "limit": "accounts_per_ip"}',
    'a second account of the address, where the template lets one in'
);
select set_rail('global', null, 'accounts_per_ip', '1');
select set_rail('template', 'large', 'accounts_per_ip', '5');
select ok(join_pot('bob', 'large', 1) ? 'entry_id', 'and where it lets in five');

select * from finish();
rollback;
