-- The pot in whose chain it stands what became of a month: the last of it
create or replace function private.archive_anchor(p_month date)
returns uuid
language sql
stable
set search_path = ''
as $$
    select p.id
    from private.archived_pots as a
    inner join public.pots as p on a.pot_id = p.id
    where a.month = p_month
    order by coalesce(p.settled_at, p.cancelled_at) desc, p.id desc
    limit 1
$$;

comment on function private.archive_anchor(date) is
'The pot that ended last of an archived month: its chain says when the month was detached.';

revoke all on function private.archive_anchor(date)
from public, anon, authenticated, service_role;
