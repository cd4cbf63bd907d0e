-- Rows leave the tables that are played in for the archive alone, and the archive is append-only.

do $$
declare
    v record;
begin
    for v in
        select *
        from (values
            ('public', 'pot_entries', 'kept', 'archived_entries', 'a.id = g.id', '{month}'),
            ('private', 'transfers', '', 'archived_transfers', 'a.id = g.id', '{month}'),
            (
                'private', 'ledger_entries', '', 'archived_ledger',
                'a.transfer_id = g.transfer_id and a.account_id = g.account_id', '{month}'
            ),
            ('private', 'events', '', 'archived_events', 'a.id = g.id', '{month,position}'),
            ('private', 'event_positions', '', 'archived_events', 'a.id = g.id', ''),
            (
                'private', 'merkle_levels', '', 'archived_levels',
                'a.tree_id = g.tree_id and a.level = g.level', '{month}'
            )
        ) as t (schema_name, table_name, kept, archive, found_by, besides)
    loop
        if v.kept = 'kept' then
            execute format('drop trigger tg_%s__kept on %I.%I', v.table_name, v.schema_name,
                v.table_name);
        else
            execute format('drop trigger tg_%s__append_only on %I.%I', v.table_name,
                v.schema_name, v.table_name);
            execute format(
                'create trigger tg_%2$s__append_only before update on %1$I.%2$I '
                'for each row execute function private.tg_append_only()',
                v.schema_name, v.table_name
            );
            execute format(
                'alter table %1$I.%2$I enable always trigger tg_%2$s__append_only',
                v.schema_name, v.table_name
            );
        end if;
        execute format(
            'create trigger tg_%2$s__left_for_archive after delete on %1$I.%2$I '
            'referencing old table as gone for each statement '
            'execute function private.tg_left_for_archive(%3$L, %4$L, %5$L)',
            v.schema_name, v.table_name, v.archive, v.found_by, v.besides
        );
        execute format(
            'alter table %1$I.%2$I enable always trigger tg_%2$s__left_for_archive',
            v.schema_name, v.table_name
        );
    end loop;

    for v in
        select n.table_name
        from unnest(array['flags', 'exclusions', 'settlements', 'payout_holds']) as n (table_name)
    loop
        execute format(
            'create trigger tg_%1$s__of_the_books before insert on private.%1$I '
            'for each row execute function private.tg_of_the_books()',
            v.table_name
        );
        execute format(
            'alter table private.%1$I enable always trigger tg_%1$s__of_the_books', v.table_name
        );
    end loop;

    for v in
        select n.table_name, n.changes
        from (values
            ('archived_pots', 'update or delete'), ('archived_entries', 'update or delete'),
            ('archived_transfers', 'update or delete'), ('archived_ledger', 'update or delete'),
            ('archived_events', 'update or delete'), ('archived_levels', 'update or delete'),
            ('archive_months', 'delete'), ('carried_counts', 'delete')
        ) as n (table_name, changes)
    loop
        execute format(
            'create trigger tg_%1$s__append_only before %2$s on private.%1$I '
            'for each row execute function private.tg_append_only()',
            v.table_name, v.changes
        );
        execute format(
            'alter table private.%1$I enable always trigger tg_%1$s__append_only', v.table_name
        );
    end loop;

    for v in
        select n.table_name
        from unnest(array['carried_entries', 'carried_positions']) as n (table_name)
    loop
        execute format(
            'create trigger tg_%1$s__of_a_detached_month before update or delete on private.%1$I '
            'for each row execute function private.tg_carried__of_a_detached_month()',
            v.table_name
        );
        execute format(
            'alter table private.%1$I enable always trigger tg_%1$s__of_a_detached_month',
            v.table_name
        );
    end loop;

    for v in
        select n.table_name
        from unnest(array[
            'archive_months', 'archived_pots', 'archived_entries', 'archived_transfers',
            'archived_ledger', 'archived_events', 'archived_levels', 'carried_entries',
            'carried_positions', 'carried_counts'
        ]) as n (table_name)
    loop
        execute format(
            'create trigger tg_%1$s__not_truncated before truncate on private.%1$I '
            'for each statement execute function private.tg_append_only()',
            v.table_name
        );
        execute format(
            'alter table private.%1$I enable always trigger tg_%1$s__not_truncated', v.table_name
        );
    end loop;
end $$;

create trigger tg_archive_months__history before update on private.archive_months
for each row execute function private.tg_archive_months__history();
alter table private.archive_months enable always trigger tg_archive_months__history;
