-- Of a key only its revocation can be written, once; also for the owner, also as a replica.

begin;
\ir ../support/helpers.sql
select plan(14);

select register_keys();
create function pg_temp.stays(p_command text, p_state text, p_message text)
returns setof text
language plpgsql
as $$
declare
    v_role text;
begin
    foreach v_role in array '{origin,replica}'::text[] loop
        perform set_config('session_replication_role', v_role, true);
        return next throws_ok(
            p_command, p_state, p_message, format('%s, as %s', p_command, v_role)
        );
    end loop;
    perform set_config('session_replication_role', 'origin', true);
end $$;

select pg_temp.stays(
    format('update private.signing_keys set %s where true', c.change),
    '23514', 'a signing key can only be revoked, once'
)
from unnest(array[
    'public_key = repeat(''0'', 64)', 'purpose = ''beacon''', 'valid_from = now()',
    'public_key = repeat(''0'', 64), revoked_at = now()'
]) as c (change);
select pg_temp.stays(
    'delete from private.signing_keys where true',
    '42501', 'private.signing_keys is append-only'
);
select rpc('service_role', 'revoke_signing_key', jsonb_build_object('kid', k.kid, 'reason', 'x'))
from private.signing_keys as k;
select pg_temp.stays(
    'update private.signing_keys set revoked_at = null where true',
    '23514', 'a signing key can only be revoked, once'
);
select pg_temp.stays(
    'update private.signing_keys set revoked_at = now() where true',
    '23514', 'a signing key can only be revoked, once'
);

select * from finish();
rollback;
