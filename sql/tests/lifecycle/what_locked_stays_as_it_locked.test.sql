-- After the lock neither terms, nor entries, nor what was published changes, whoever tries; a pot
-- moves only along its documented life, and only after its row of the chain.

begin;
\ir ../support/helpers.sql
select plan(38);

select open_pot('new');
select open_pot('big');
select bring_to('big', 'locked');

create function pg_temp.stays(p_pot text, p_change text, p_from text, p_to text)
returns setof text
language plpgsql
as $$
declare
    v_role text;
begin
    foreach v_role in array '{origin,replica}'::text[] loop
        perform set_config('session_replication_role', v_role, true);
        return next throws_ok(
            format('update public.pots set %s where id = %L', p_change, pot_id(p_pot)),
            '23514', format('a pot may not go from %s to %s like this', p_from, p_to),
            format('%s, %s, as %s', p_pot, p_change, v_role)
        );
    end loop;
    perform set_config('session_replication_role', 'origin', true);
end $$;
select pg_temp.stays('big', c.change, 'locked', 'locked')
from unnest(array[
    'entry_cost = 1', 'max_tickets = 20', 'commit_hash = repeat(''0'', 64)',
    'entries_root = repeat(''0'', 64)', 'total_tickets = 1', 'lock_digest = repeat(''0'', 64)',
    'locks_at = now()', 'reveal_seed = repeat(''0'', 64)', 'winner_user_id = gen_random_uuid()'
]) as c (change);
select pg_temp.stays('big', 'status = ''settling''', 'locked', 'settling');
select pg_temp.stays('big', 'status = ''cancelled'', cancelled_at = now()', 'locked', 'cancelled');
select pg_temp.stays('big', 'status = ''open''', 'locked', 'open');
select pg_temp.stays('new', c.change, 'open', 'open')
from unnest(array[
    'locks_at = now()', 'paused_at = now(), pause_reason = ''x''', 'max_per_user = 10',
    'commit_tag = repeat(''0'', 64)', 'rules_text = ''{}''', 'rules_hash = repeat(''0'', 64)'
]) as c (change);
select throws_ok(c.command, '42501', 'public.pots is append-only', c.command)
from unnest(array[
    'delete from public.pots where true', 'truncate public.pots cascade'
]) as c (command);

select * from finish();
rollback;
