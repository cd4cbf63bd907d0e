-- Of an entry only cancelled_at changes, once, while the pot is open, and first_ticket at lock: the
-- guard holds for the owner too, and as a replica.

begin;
\ir ../support/helpers.sql
select plan(24);

select make_user('ann', 1000);
select open_pot('big');
select open_pot('over');
select join_pot('ann', 'big', 1);
select join_pot('ann', 'over', 1);
select bring_to('over', 'locked');

create function pg_temp.stays(p_change text, p_pot text, p_description text)
returns setof text
language plpgsql
as $$
declare
    v_role text;
begin
    foreach v_role in array '{origin,replica}'::text[] loop
        perform set_config('session_replication_role', v_role, true);
        return next throws_ok(
            format(
                'update public.pot_entries set %s where id = %L', p_change, entry_id('ann', p_pot)
            ),
            '23514', 'an entry is immutable', format('%s, as %s', p_description, v_role)
        );
    end loop;
    perform set_config('session_replication_role', 'origin', true);
end $$;
select pg_temp.stays(c.change, 'big', c.change || ' of a live entry')
from unnest(array[
    'ticket_count = 2', 'credits_spent = 1', 'user_id = gen_random_uuid()',
    'pot_id = gen_random_uuid()', 'salt = repeat(''0'', 64)', 'entrant_tag = repeat(''0'', 64)',
    'ip_hash = repeat(''0'', 64)', 'created_at = now()'
]) as c (change);
select pg_temp.stays('cancelled_at = now()', 'over', 'cancelled after the lock');
select pg_temp.stays('first_ticket = 99', 'over', 'numbered again');
select cancel_entry('ann', 'big');
select pg_temp.stays('cancelled_at = null', 'big', 'cancelled is for good');
select throws_ok(
    c.command, '42501', 'public.pot_entries is append-only', c.command
)
from unnest(array[
    'delete from public.pot_entries where true', 'truncate public.pot_entries cascade'
]) as c (command);

select * from finish();
rollback;
