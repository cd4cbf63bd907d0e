-- Used once, and neither changed nor taken away, by anybody.

begin;
\ir ../support/helpers.sql
select plan(10);

select stock('new');
select open_pot('used');
create function pg_temp.stays(p_change text, p_pot text)
returns setof text
language plpgsql
as $$
declare
    v_role text;
begin
    foreach v_role in array '{origin,replica}'::text[] loop
        perform set_config('session_replication_role', v_role, true);
        return next throws_ok(
            format('update private.commitments set %s where pot_id = %L', p_change, pot_id(p_pot)),
            '23514', 'a commitment is immutable', format('%s, %s, as %s', p_pot, p_change, v_role)
        );
    end loop;
    perform set_config('session_replication_role', 'origin', true);
end $$;
select pg_temp.stays(c.change, 'new')
from unnest(array[
    'commit_hash = repeat(''0'', 64)', 'pot_id = gen_random_uuid()', 'created_at = now()'
]) as c (change);
select pg_temp.stays('used_at = null', 'used');
select throws_ok(c.command, '42501', 'private.commitments is append-only', c.command)
from unnest(array[
    'delete from private.commitments where true', 'truncate private.commitments'
]) as c (command);

select * from finish();
rollback;
