-- No role of the API has anything of the archive: no function, no table, no view, no partition. The
-- tables of the archive have the columns of what they keep.

begin;
\ir ../support/helpers.sql
select plan(8);

create temporary table roles on commit drop as
select r.rolname
from pg_catalog.pg_roles as r
where r.rolname in ('anon', 'authenticated', 'service_role', 'authenticator')
    or r.rolname like 'pot\_%';
select ok((select count(*) from roles) >= 10, 'there are roles');
select private.open_archive_month('2020-02-01');

create temporary table things on commit drop as
select c.oid, c.relname
from pg_catalog.pg_class as c
where c.relnamespace = 'private'::regnamespace
    and c.relkind in ('r', 'p', 'v')
    and (
        c.relname ~ '^(archive|carried)' or c.relname ~ '_ever$'
        or c.relname in ('wallet_steps', 'detached_pots')
    );
select is(
    (select count(*) from things), 24::bigint,
    'ten tables, nine views and five partitions are the archive'
);
select is_empty(
    $$select r.rolname, t.relname
    from roles as r
    cross join things as t
    where has_table_privilege(
        r.rolname, t.oid,
        'select, insert, update, delete, truncate, references, trigger'
    )$$,
    'nobody has a privilege on any of it'
);
select is_empty(
    $$select t.relname
    from things as t
    inner join pg_catalog.pg_class as c on t.oid = c.oid
    where c.relkind <> 'v' and not c.relrowsecurity$$,
    'row security is on, in partitions too'
);
select is_empty(
    $$select r.rolname, p.proname
    from roles as r
    cross join pg_catalog.pg_proc as p
    where p.pronamespace = 'private'::regnamespace
        and p.proname ~ 'archiv|attach|detach|carr|load_lines|require_digests|refunds_json'
        and has_function_privilege(r.rolname, p.oid, 'execute')$$,
    'nobody may execute any of it'
);
select is_empty(
    $$select p.proname
    from pg_catalog.pg_proc as p
    where p.pronamespace = 'private'::regnamespace
        and p.proname ~ 'archiv|attach|detach|carr|load_lines|require_digests|refunds_json'
        and p.prosecdef$$,
    'and none of it does more than who calls it may'
);
select is_empty(
    $$select k.kept, a.attname
    from (values
        ('public.pot_entries', 'private.archived_entries', '{month}'::text[]),
        ('private.transfers', 'private.archived_transfers', '{month}'),
        ('private.ledger_entries', 'private.archived_ledger', '{month}'),
        ('private.events', 'private.archived_events', '{month,position}'),
        ('private.merkle_levels', 'private.archived_levels', '{month}')
    ) as k (kept, archive, besides)
    cross join lateral (
        (
            select n.attname, n.atttypid, row_number() over (order by n.attnum)
            from pg_catalog.pg_attribute as n
            where n.attrelid = k.kept::regclass and n.attnum > 0 and not n.attisdropped
            except
            select n.attname, n.atttypid, row_number() over (order by n.attnum)
            from pg_catalog.pg_attribute as n
            where n.attrelid = k.archive::regclass
                and n.attnum > 0
                and not n.attisdropped
                and n.attname <> all(k.besides)
        )
    ) as a$$,
    'the archive has every column of what it keeps, in order'
);
select is_empty(
    $$select e.name, a.attname
    from (values
        ('public.pot_entries', 'private.entries_ever'),
        ('private.transfers', 'private.transfers_ever'),
        ('private.ledger_entries', 'private.ledger_ever'),
        ('private.events', 'private.events_ever'),
        ('private.event_positions', 'private.positions_ever'),
        ('private.merkle_levels', 'private.levels_ever'),
        ('private.told_events', 'private.told_events_ever')
    ) as e (name, ever)
    cross join lateral (
        select n.attname, row_number() over (order by n.attnum)
        from pg_catalog.pg_attribute as n
        where n.attrelid = e.name::regclass and n.attnum > 0 and not n.attisdropped
        except
        select n.attname, row_number() over (order by n.attnum)
        from pg_catalog.pg_attribute as n
        where n.attrelid = e.ever::regclass and n.attnum > 0 and not n.attisdropped
    ) as a$$,
    'and so have the views of both'
);

select * from finish();
rollback;
