-- The one exception to an immutable entry: where it came from, all of it, to NULL, of an ended pot,
-- after network_days. Nothing else passes, neither as the owner nor as a replica.

begin;
\ir ../support/helpers.sql
select plan(27);

select freeze_time('2030-01-01 12:00:00Z');
select headers('{"cf-connecting-ip": "192.0.2.1", "x-device-id": "phone"}');
select make_user('ann', 1000);
select open_pot(p.name) is null from unnest('{playing,locked,over}'::text[]) as p (name);
select join_pot('ann', p.name, 1) is null
from unnest('{playing,locked,over}'::text[]) as p (name);
select bring_to('locked', 'locked');
select bring_to('over', 'settled');

create function pg_temp.forgets(p_pot text, p_change text)
returns text
language plpgsql
as $$
begin
    execute format(
        'update public.pot_entries set %s where id = %L', p_change, entry_id('ann', p_pot)
    );
    return 'forgotten';
exception
    when check_violation then
        return sqlerrm;
end $$;
create function pg_temp.stays(p_pot text, p_change text, p_description text)
returns setof text
language plpgsql
as $$
declare
    v_role text;
begin
    foreach v_role in array '{origin,replica}'::text[] loop
        perform set_config('session_replication_role', v_role, true);
        return next is(
            pg_temp.forgets(p_pot, p_change), 'an entry is immutable',
            format('%s, as %s', p_description, v_role)
        );
    end loop;
    perform set_config('session_replication_role', 'origin', true);
end $$;
create function pg_temp.forgotten()
returns text
language sql
as $$
    select string_agg(a.attname || ' = null', ', ' order by a.attnum)
    from pg_attribute as a
    where a.attrelid = 'public.pot_entries'::regclass
        and a.attname in ('ip_hash', 'device_hash', 'region', 'correlation_id')
        and not a.attisdropped
$$;

select pg_temp.stays('over', pg_temp.forgotten(), 'the day it ended');
select freeze_time('2030-04-01 11:59:59.999999Z');
select pg_temp.stays('over', pg_temp.forgotten(), 'a moment before its 90 days are over');
select freeze_time('2030-04-01 12:00:00Z');
select pg_temp.stays('playing', pg_temp.forgotten(), 'an open pot');
select pg_temp.stays('locked', pg_temp.forgotten(), 'a locked pot');
select pg_temp.stays('over', 'ip_hash = null', 'half of it');
select pg_temp.stays('over', 'ip_hash = repeat(''0'', 64), device_hash = null', 'to another value');
select pg_temp.stays('over', pg_temp.forgotten() || ', ' || c.change, c.change)
from unnest(array[
    'ticket_count = 2', 'first_ticket = 99', 'user_id = gen_random_uuid()',
    'entrant_tag = repeat(''0'', 64)', 'salt = repeat(''0'', 64)', 'cancelled_at = now()'
]) as c (change);
update private.retention set network_days = 91;
select is(pg_temp.forgets('over', pg_temp.forgotten()), 'an entry is immutable', 'kept longer');
update private.retention set network_days = 90;
select is(pg_temp.forgets('over', pg_temp.forgotten()), 'forgotten', 'and then it may be');
select is(
    pg_temp.forgets('over', pg_temp.forgotten()), 'an entry is immutable', 'there is nothing left'
);

select * from finish();
rollback;
