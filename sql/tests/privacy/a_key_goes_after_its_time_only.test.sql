-- The key of a join may be deleted once its pot has ended and key_days are over; that of a grant
-- never is, and none is changed. For the owner too, and as a replica.

begin;
\ir ../support/helpers.sql
select plan(17);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 100);
select rpc('pot_treasury', 'grant_credits', jsonb_build_object(
    'user_id', user_id('ann'), 'amount', 5, 'reason', 'test', 'idempotency_key', 'grant'
));
select open_pot(p.name) is null from unnest('{playing,over}'::text[]) as p (name);
select join_pot('ann', p.name, 1, p.name) is null from unnest('{playing,over}'::text[]) as p (name);
select rpc('pot_compliance:carol', 'void_pot', on_pot('over', '{"reason": "a test"}'));

create function pg_temp.stays(p_command text, p_key text, p_description text)
returns setof text
language plpgsql
as $$
declare
    v_role text;
begin
    foreach v_role in array '{origin,replica}'::text[] loop
        perform set_config('session_replication_role', v_role, true);
        return next throws_ok(
            format('%s private.idempotency_keys %s where key = %L', p_command, case p_command
                when 'update' then 'set response = ''{}''' else '' end, p_key),
            '42501', 'private.idempotency_keys is append-only',
            format('%s, as %s', p_description, v_role)
        );
    end loop;
    perform set_config('session_replication_role', 'origin', true);
end $$;
select pg_temp.stays('delete from', 'over', 'the day of the join');
select freeze_time('2030-01-31 11:59:59.999999Z');
select pg_temp.stays('delete from', 'over', 'a moment before 30 days are over');
select freeze_time('2030-01-31 12:00:00Z');
select pg_temp.stays('delete from', 'playing', 'of a pot that plays');
select pg_temp.stays('delete from', 'grant', 'of a grant');
select pg_temp.stays('update', k.key, 'changed: ' || k.key)
from unnest('{playing,over,grant}'::text[]) as k (key);
select throws_ok(
    'truncate private.idempotency_keys', '42501', 'private.idempotency_keys is append-only',
    'all of them'
);
select lives_ok(
    'delete from private.idempotency_keys where key = ''over''', 'and then that of the join goes'
);
select is(
    (select array_agg(k.key order by k.key) from private.idempotency_keys as k), '{grant,playing}',
    'and no other'
);

select * from finish();
rollback;
