-- The rows of an archived pot in a table of the archive, as they are hashed and written to files:
-- each the text of its JSON, in the order of its key, whatever the session says of time and bytes.
create or replace function private.archive_lines(p_pot_id uuid, p_month date, p_table text)
returns setof text
language plpgsql
stable
set search_path = ''
set timezone = 'UTC'
set bytea_output = 'hex'
as $$
begin
    case p_table
        when 'archived_entries' then
            return query
            select (to_jsonb(e) - 'month')::text
            from private.archived_entries as e
            where e.month = p_month and e.pot_id = p_pot_id
            order by e.seq;
        when 'archived_transfers' then
            return query
            select (to_jsonb(t) - 'month')::text
            from private.archived_transfers as t
            where t.month = p_month and t.pot_id = p_pot_id
            order by t.id;
        when 'archived_ledger' then
            return query
            select (to_jsonb(l) - 'month')::text
            from private.archived_transfers as t
            inner join private.archived_ledger as l on t.id = l.transfer_id
            where t.month = p_month and l.month = p_month and t.pot_id = p_pot_id
            order by l.transfer_id, l.account_id;
        when 'archived_events' then
            return query
            select (to_jsonb(e) - 'month')::text
            from private.archived_events as e
            where e.month = p_month and e.pot_id = p_pot_id
            order by e.id;
        when 'archived_levels' then
            return query
            select (to_jsonb(m) - 'month')::text
            from private.archived_levels as m
            where m.month = p_month and m.tree_id = p_pot_id
            order by m.level;
    end case;
end $$;

comment on function private.archive_lines(uuid, date, text) is
'The rows of a pot in a table of the archive, each as the JSON text that is hashed, in order.';

revoke all on function private.archive_lines(uuid, date, text)
from public, anon, authenticated, service_role;
