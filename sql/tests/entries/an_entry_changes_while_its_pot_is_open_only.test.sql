-- An entry that was never numbered, since its pot was cancelled, is as immutable as a numbered one.
-- The pot is asked for once a statement; what tells an allowed change without it looks at every
-- column there is, and leaves no entry of a replica's session to the statement.

begin;
\ir ../support/helpers.sql
select plan(72);

select freeze_time('2030-01-01 12:00:00Z');
select headers('{"cf-connecting-ip": "192.0.2.1", "x-device-id": "phone"}');
select make_user(n.name, 1000) from unnest('{ann,bob}'::text[]) as n (name);
select open_pot(p.name) from unnest('{big,next,over,later}'::text[]) as p (name);
select join_pot(n.name, p.name, 1)
from unnest('{ann,bob}'::text[]) as n (name), unnest('{big,next,over}'::text[]) as p (name);
select join_pot('ann', 'later', 1);
select rpc('pot_compliance:carol', 'void_pot', on_pot('over', '{"reason": "a test"}'));
select is(
    (
        select array_agg(distinct concat_ws(' ', e.first_ticket, e.cancelled_at))
        from public.pot_entries as e
        where e.pot_id = pot_id('over')
    ), '{""}', 'entries of a cancelled pot look like those of an open one'
);

create function pg_temp.changed(p_change text, p_where text)
returns text
language plpgsql
as $$
begin
    execute format('update public.pot_entries as e set %s where %s', p_change, p_where);
    return 'changed';
exception
    when others then
        return concat_ws(' ', sqlstate, sqlerrm);
end $$;
create function pg_temp.of(variadic p_pots text[])
returns text
language sql
as $$
    select format('e.pot_id = any (%L)', array_agg(pot_id(p.name)))
    from unnest(p_pots) as p (name)
$$;
create function pg_temp.stays(p_change text, p_where text, p_description text)
returns setof text
language plpgsql
as $$
declare
    v_role text;
begin
    foreach v_role in array '{origin,local,replica}'::text[] loop
        perform set_config('session_replication_role', v_role, true);
        return next is(
            pg_temp.changed(p_change, p_where), '23514 an entry is immutable',
            format('%s, as %s', p_description, v_role)
        );
    end loop;
    perform set_config('session_replication_role', 'origin', true);
end $$;

-- --------------------------------------------------------------------------------------- the pot

select pg_temp.stays(c.change, pg_temp.of('over'), 'of a cancelled pot: ' || c.change)
from unnest(array[
    'first_ticket = 0', 'holder_rank = 0', 'first_ticket = 0, holder_rank = 0',
    'cancelled_at = now()', 'cancelled_at = cancelled_at',
    'first_ticket = -1', 'first_ticket = 0, cancelled_at = now()'
]) as c (change);
select pg_temp.stays(
    'cancelled_at = now()', pg_temp.of('big', 'over', 'next'), 'one pot of three is not open'
);
select pg_temp.stays(
    'cancelled_at = now()', format('e.id = %L', entry_id('ann', 'over')), 'a single entry'
);
select pg_temp.stays(
    'first_ticket = case when e.pot_id = pot_id(''over'') then 5 end', pg_temp.of('over', 'big'),
    'numbered beside one that stays as it is'
);
alter table public.pots disable trigger user;
set local session_replication_role = replica;
delete from public.pots where id = pot_id('later');
set local session_replication_role = origin;
select pg_temp.stays('cancelled_at = now()', pg_temp.of('later'), 'a pot that there is not');

-- ----------------------------------------------------------------------------------- every column

select is(
    pg_temp.changed(
        format(
            '%I = %s', a.attname,
            case
                when a.attidentity <> '' then 'default'
                when a.atttypid = 'uuid'::regtype then 'gen_random_uuid()'
                when a.atttypid = 'text'::regtype
                    then format('coalesce(%I || ''0'', ''0'')', a.attname)
                when a.atttypid = 'timestamptz'::regtype
                    then format('coalesce(%I - interval ''1 second'', now())', a.attname)
                else format('coalesce(%I + 1, 1)', a.attname)
            end
        ),
        format('e.id = %L', entry_id('ann', 'big'))
    ),
    case
        when a.attname in ('holder_rank', 'cancelled_at') then 'changed'
        else '23514 an entry is immutable'
    end,
    format('%s of a live entry of an open pot', a.attname)
)
from pg_attribute as a
where a.attrelid = 'public.pot_entries'::regclass
    and a.attnum > 0
    and not a.attisdropped
    and a.attname <> 'first_ticket'
-- What changes it for good comes last.
order by a.attname = 'cancelled_at', a.attnum;
select is(
    pg_temp.changed(
        'first_ticket = 7', pg_temp.of('big', 'next') || ' and e.cancelled_at is null'
    ),
    'changed', 'entries of two open pots at once get their numbers'
);

-- ---------------------------------------------------------- rows that logical replication applies

-- As if it did not fire, as no trigger of a statement does there.
alter table public.pot_entries disable trigger tg_pot_entries__while_open;
select is(
    pg_temp.changed('cancelled_at = now()', pg_temp.of('over')), '23514 an entry is immutable',
    'the row''s own trigger asks for the pot of one that is taken back'
);
set local session_replication_role = replica;
select is(
    pg_temp.changed('first_ticket = 0', pg_temp.of('over')), '23514 an entry is immutable',
    'and for the pot of a row that is applied'
);
set local session_replication_role = origin;
alter table public.pot_entries enable always trigger tg_pot_entries__while_open;

-- ---------------------------------------------------------------------------- where it came from

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
select freeze_time('2030-05-01 12:00:00Z');
select pg_temp.stays(
    pg_temp.forgotten() || ', first_ticket = 0', pg_temp.of('over'), 'forgotten and numbered'
);
select pg_temp.stays(
    'ip_hash = case when e.user_id = user_id(''ann'') then e.ip_hash end, '
    'device_hash = case when e.user_id = user_id(''ann'') then e.device_hash end, '
    'region = case when e.user_id = user_id(''ann'') then e.region end, '
    'correlation_id = case when e.user_id = user_id(''ann'') then e.correlation_id end, '
    'cancelled_at = case when e.user_id = user_id(''ann'') then now() end',
    pg_temp.of('over'), 'taken back beside one that is forgotten'
);
-- Of two rows, in whatever order they are read, the first is taken back; the second is forgotten
-- where it came from, and forgets that of the first.
create function pg_temp.visited(p_entry public.pot_entries)
returns public.pot_entries
language plpgsql
as $$
declare
    v_first text := nullif(current_setting('tests.first', true), '');
begin
    if v_first is null then
        perform set_config('tests.first', p_entry.id::text, true);
        p_entry.cancelled_at := now();
        return p_entry;
    end if;
    execute format('update public.pot_entries set %s where id = %L', pg_temp.forgotten(), v_first);
    return private.forgotten_entry(p_entry);
end $$;
select pg_temp.stays(
    '(ip_hash, device_hash, region, correlation_id, cancelled_at) = ('
    'select v.ip_hash, v.device_hash, v.region, v.correlation_id, v.cancelled_at '
    'from pg_temp.visited(e) as v)',
    pg_temp.of('over'), 'taken back, and forgotten before the statement ends'
);
select is(
    pg_temp.changed(pg_temp.forgotten(), pg_temp.of('over')), 'changed',
    'both entries of the cancelled pot forget where they came from'
);
select pg_temp.stays(
    c.change, pg_temp.of('over'), 'and are as immutable as before: ' || c.change
)
from unnest(array['cancelled_at = now()', 'holder_rank = 0', 'cancelled_at = null']) as c (change);

select * from finish();
rollback;
