-- With Supabase's Vault in the database, no table of ours holds a secret.

begin;
\ir ../support/helpers.sql
select plan(8);

-- Of the shape of supabase_vault 0.3.
create schema vault;
create table vault.secrets (
    id uuid primary key default gen_random_uuid(), name text unique, description text, secret text
);
create view vault.decrypted_secrets as
select s.*, s.secret as decrypted_secret from vault.secrets as s;
create function vault.create_secret(
    new_secret text, new_name text default null, new_description text default '',
    new_key_id uuid default null
) returns uuid language sql as $$
    insert into vault.secrets (secret, name, description) values ($1, $2, $3) returning id
$$;
grant usage on schema vault to postgres;
grant all on vault.secrets, vault.decrypted_secrets to postgres;

select freeze_time('2030-01-01 12:00:00Z');
create temporary table made on commit drop as
select rpc('service_role', 'create_webhook', '{"url": "https://hooks.example/"}') as answer;
select is((select array_agg(s.secret) from private.webhook_secrets as s), '{null}', 'not in ours');
select is(
    (select array_agg(s.secret) from vault.secrets as s), array[m.answer ->> 'secret'],
    'but in the Vault'
)
from made as m;
select private.log_event('one', null, '{}');
select rpc('pot_webhooks', 'fan_out_webhooks') is null;
select is(
    rpc('pot_webhooks', 'claim_deliveries') #>> '{0,secrets,0}', m.answer ->> 'secret',
    'whoever delivers has it from there'
)
from made as m;
select rpc('service_role', 'rotate_webhook_secret', jsonb_build_object(
    'webhook_id', m.answer -> 'webhook_id', 'overlap_seconds', 60
)) is null
from made as m;
select is((select count(*) from vault.secrets), 2::bigint, 'both, while both sign');
select pass_time('1 minute');
select rpc('pot_webhooks', 'fan_out_webhooks') is null;
select is((select count(*) from vault.secrets), 1::bigint, 'and one afterwards');
select is(
    (
        select count(*)
        from vault.secrets as s
        inner join made as m on s.secret = m.answer ->> 'secret'
    ),
    0::bigint, 'the new one'
);

delete from vault.secrets where true;
select private.log_event('two', null, '{}');
select rpc('pot_webhooks', 'fan_out_webhooks') is null;
select is(
    rpc('pot_webhooks', 'claim_deliveries'), '[]', 'whose secret was deleted is sent nothing'
);
select rpc('service_role', 'rotate_webhook_secret', jsonb_build_object(
    'webhook_id', m.answer -> 'webhook_id'
)) is null
from made as m;
select is(
    jsonb_array_length(rpc('pot_webhooks', 'claim_deliveries')), 2, 'until it has a new one'
);

select * from finish();
rollback;
