-- The one list of rules: what set_guard_rail takes, and where. A test compares it with
-- docs/guard-rails.md.
create or replace function private.guard_rules()
returns table (rule text, unit text, min_value bigint, max_value bigint, scopes text[])
language sql
immutable
parallel safe
set search_path = ''
as $$
    values
    ('blocked_regions', 'regions', null::bigint, null::bigint, '{global,template,user}'::text[]),
    ('joins_per_minute', 'joins', 0, 1000000000, '{global,region,template,user}'),
    ('joins_per_day', 'joins', 0, 1000000000, '{global,region,template,user}'),
    ('credits_per_minute', 'credits', 0, 9007199254740991, '{global,region,template,user}'),
    ('credits_per_day', 'credits', 0, 9007199254740991, '{global,region,template,user}'),
    ('accounts_per_ip', 'accounts', 1, 1000000000, '{global,region,template,user}'),
    ('accounts_per_device', 'accounts', 1, 1000000000, '{global,region,template,user}'),
    ('account_age_hours', 'hours', 0, 87600, '{global,region,template,user}'),
    ('new_account_hours', 'hours', 0, 87600, '{global,region,template,user}'),
    ('new_account_tickets', 'tickets', 0, 2147483647, '{global,region,template,user}'),
    ('new_account_credits_per_day', 'credits', 0, 9007199254740991, '{global,region,template,user}')
$$;

comment on function private.guard_rules() is
'Every rule that a guard rail may set: its unit, its borders and the scopes it has.';

revoke all on function private.guard_rules()
from public, anon, authenticated, service_role;
