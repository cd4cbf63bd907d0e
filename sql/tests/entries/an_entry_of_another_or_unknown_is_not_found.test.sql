-- Another player's entry is as unknown as one that does not exist.

begin;
\ir ../support/helpers.sql
select plan(18);

select make_user('ann', 100);
select make_user('bob', 100);
select open_pot('big');
select join_pot('ann', 'big', 1);

select refused(
    'bob', f.name, jsonb_build_object('entry_id', entry_id('ann', 'big')),
    'PT404', 'entry_not_found', '{}', f.name || ' of another''s entry'
)
from unnest('{cancel_entry,my_receipt}'::text[]) as f (name);
select refused(
    'bob', f.name, jsonb_build_object('entry_id', pot_id('nowhere')),
    'PT404', 'entry_not_found', '{}', f.name || ' of no entry'
)
from unnest('{cancel_entry,my_receipt}'::text[]) as f (name);
select refused(
    'authenticated', f.name, '{"entry_id": null}',
    'PT422', 'invalid_argument', '{"argument": "entry_id", "expected": "a value"}',
    f.name || ' of NULL, whoever calls'
)
from unnest('{cancel_entry,my_receipt}'::text[]) as f (name);
select refused(
    'authenticated', f.name, jsonb_build_object('entry_id', pot_id('nowhere')),
    'PT401', 'login_required', '{}', f.name || ' without a login'
)
from unnest('{cancel_entry,my_receipt}'::text[]) as f (name);
select refused(
    'bob', 'my_entries', jsonb_build_object('after', entry_id('ann', 'big')),
    'PT404', 'entry_not_found', '{"argument": "after"}', 'my_entries after another''s entry'
);

select * from finish();
rollback;
