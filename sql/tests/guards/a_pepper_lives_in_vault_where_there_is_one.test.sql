-- Where Supabase has Vault, peppers are there and no longer in a table. A schema of the same shape
-- stands in for it: functions and views of these names and columns, and no encryption.

begin;
\ir ../support/helpers.sql
select plan(12);

-- A sequence remembers what a test before this one rolled back.
alter table private.peppers alter column id restart with 2;
select make_user('ann', 1000);
select open_pot('old');
select headers('{"cf-connecting-ip": "203.0.113.7"}');
select join_pot('ann', 'old');

create schema vault;
create table vault.secrets (
    id uuid primary key default gen_random_uuid(), name text unique, description text, secret text
);
create view vault.decrypted_secrets as
select s.id, s.name, s.description, s.secret, s.secret as decrypted_secret
from vault.secrets as s;
create function vault.create_secret(
    new_secret text, new_name text default null, new_description text default '',
    new_key_id uuid default null
)
returns uuid
language sql
as $$
    insert into vault.secrets (name, description, secret)
    values (new_name, new_description, new_secret)
    returning id
$$;
grant usage on schema vault to postgres;
grant select, delete on vault.secrets, vault.decrypted_secrets to postgres;
grant insert on vault.secrets to postgres;
grant execute on function vault.create_secret(text, text, text, uuid) to postgres;
create temporary table before on commit drop as
select encode(p.secret, 'hex') as secret from private.peppers as p;

select set_config('role', 'postgres', true);
select private.move_peppers_to_vault();
select set_config('role', 'none', true);
select is(
    (select jsonb_agg(jsonb_build_array(p.secret, p.vault_id is null)) from private.peppers as p),
    '[[null, false]]', 'the first moves'
);
select is(
    (select array_agg(s.secret) from vault.secrets as s),
    (select array_agg(b.secret) from before as b), 'whole'
);
select join_pot('ann', 'old');
select is(
    (select count(distinct e.ip_hash) from public.pot_entries as e), 1::bigint,
    'and hashes the same as before'
);
select set_config('role', 'postgres', true);
select private.move_peppers_to_vault();
select set_config('role', 'none', true);
select is((select count(*) from vault.secrets), 1::bigint, 'it moves once');

select rpc('pot_compliance:carol', 'rotate_pepper', '{"reason": "a test", "overlap_days": 0}');
select is(
    (select array_agg(p.secret is null and p.vault_id is not null) from private.peppers as p),
    '{t,t}', 'a new one is there from the beginning'
);
select is((select count(*) from vault.secrets), 2::bigint, 'beside the old one');
select open_pot('new');
select ok(join_pot('ann', 'new') ? 'entry_id', 'a pot opens on it');
select is(
    (select e.ip_hash from public.pot_entries as e where e.pot_id = pot_id('new')),
    (
        select private.fingerprint('ip', '203.0.113.7', decode(d.decrypted_secret, 'hex'))
        from vault.decrypted_secrets as d
        inner join private.peppers as p on d.id = p.vault_id
        where p.id = 2
    ),
    'and hashes under what Vault says'
);
select rpc('pot_compliance:carol', 'void_pot', on_pot('old', '{"reason": "a test"}'));
select is(
    rpc(
        'pot_compliance:carol', 'rotate_pepper', '{"reason": "a test", "overlap_days": 0}'
    ) -> 'destroyed',
    '[1]', 'what is destroyed'
);
select is((select count(*) from vault.secrets), 2::bigint, 'goes from Vault too');
delete from vault.secrets where true;
select refused(
    'ann', 'join_pot', on_pot('new', '{"ticket_count": 1}'), 'PT503', 'busy', '{}',
    'a pepper that Vault lost stops sales'
);

select * from finish();
rollback;
