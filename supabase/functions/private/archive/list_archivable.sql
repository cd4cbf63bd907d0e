-- Pots to archive next, in order of their end, behind the one given
create or replace function private.list_archivable(
    p_month date, p_after_end timestamptz, p_after uuid, p_limit integer
)
returns table (pot_id uuid, ended_at timestamptz, blockers text[])
language sql
stable
set search_path = ''
as $$
    select p.id, coalesce(p.settled_at, p.cancelled_at), private.archive_blockers(p.id)
    from public.pots as p
    where p.status in ('settled', 'cancelled')
        and (coalesce(p.settled_at, p.cancelled_at), p.id) > (p_after_end, p_after)
        and coalesce(p.settled_at, p.cancelled_at) >= p_month::timestamp at time zone 'UTC'
        and coalesce(p.settled_at, p.cancelled_at)
        < (p_month + interval '1 month') at time zone 'UTC'
        and coalesce(p.settled_at, p.cancelled_at) <= private.archive_before()
        and not private.is_archived(p.id)
    order by coalesce(p.settled_at, p.cancelled_at), p.id
    limit p_limit
$$;

comment on function private.list_archivable(date, timestamptz, uuid, integer) is
'Pots of a month that are due and not archived, in order of their end, with what keeps each; '
'p_limit of them behind the one that ended at p_after_end.';

revoke all on function private.list_archivable(date, timestamptz, uuid, integer)
from public, anon, authenticated, service_role;
