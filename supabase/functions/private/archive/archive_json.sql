-- What is told of an archived pot
create or replace function private.archive_json(p_pot_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'archived_at', private.json_time(a.archived_at),
        'detached_at', private.json_time(m.detached_at),
        'entries', a.entries
    )
    from private.archived_pots as a
    inner join private.archive_months as m on a.month = m.month
    where a.pot_id = p_pot_id
$$;

comment on function private.archive_json(uuid) is
'{archived_at, detached_at, entries} of an archived pot: from detached_at on its entries are in '
'the archive''s files only. NULL of any other.';

revoke all on function private.archive_json(uuid)
from public, anon, authenticated, service_role;
