-- The append-only tables refuse UPDATE, DELETE and TRUNCATE to their owner and to a superuser, also
-- under session_replication_role = replica.

begin;
\ir ../support/helpers.sql
select plan(87);

select make_user('ann', 100);
select open_pot('big');
select bring_to('big', 'settled');
select set_rail('global', null, 'blocked_regions', '["QQ"]');
select open_pot('next');
select headers('{"cf-ipcountry": "QQ"}');
select join_pot('ann', 'next', 1, 'key');
select headers('{}');
select join_pot('ann', 'next', 1, 'key');

create function pg_temp.tried(p_as text, p_replication text, p_table text, p_command text)
returns text
language plpgsql
as $$
declare
    v_error text := 'done';
begin
    begin
        perform set_config('role', p_as, true);
        if p_as = 'none' then
            perform set_config('session_replication_role', p_replication, true);
        end if;
        execute format(p_command, p_table);
    exception
        when others then
            v_error := sqlstate || ' ' || sqlerrm;
    end;
    perform set_config('session_replication_role', 'origin', true);
    perform set_config('role', 'none', true);
    return v_error;
end $$;
select is(
    pg_temp.tried(w.role, w.replication, t.name, c.command),
    format('42501 %s is append-only', t.name),
    format('%s, as %s, %s', format(c.command, t.name), w.role, w.replication)
)
from unnest('{
    public.pots_audit,private.transfers,private.ledger_entries,private.accounts,
    private.idempotency_keys,private.lock_attestations,private.settlements,private.merkle_levels,
    private.events,private.wallets
}'::text[]) as t (name)
cross join unnest(array['delete from %s where true', 'truncate %s cascade']) as c (command)
cross join (
    values ('none', 'origin'), ('none', 'replica'), ('postgres', 'origin')
) as w (role, replication);
select is(
    pg_temp.tried(w.role, w.replication, t.name, format('update %%s set %s where true', t.change)),
    format('42501 %s is append-only', t.name),
    format('update %s, as %s, %s', t.name, w.role, w.replication)
)
from (values
    ('public.pots_audit', 'reason = reason'), ('private.transfers', 'amount = amount'),
    ('private.ledger_entries', 'amount = amount'), ('private.accounts', 'created_at = now()'),
    ('private.idempotency_keys', 'response = response'),
    ('private.lock_attestations', 'signature = signature'),
    ('private.settlements', 'proof = proof'), ('private.merkle_levels', 'nodes = nodes'),
    ('private.events', 'data = data')
) as t (name, change)
cross join (
    values ('none', 'origin'), ('none', 'replica'), ('postgres', 'origin')
) as w (role, replication);

select * from finish();
rollback;
