-- When of an entry may be forgotten where it came from: its pot ended network_days ago, or its
-- player was erased and the entry plays no more.
create or replace function private.may_forget(p_entry public.pot_entries)
returns boolean
language sql
stable
set search_path = ''
as $$
    select
        p.status in ('settled', 'cancelled')
        and coalesce(p.settled_at, p.cancelled_at)
        <= private.now() - r.network_days * interval '24 hours'
        or (p.status in ('settled', 'cancelled') or p_entry.cancelled_at is not null)
        and private.is_erased(p_entry.user_id)
    from public.pots as p
    cross join private.retention as r
    where p.id = p_entry.pot_id
$$;

comment on function private.may_forget(public.pot_entries) is
'Whether where the entry came from may be forgotten: its pot ended longer ago than network_days, '
'or its player was erased and it is not alive in a pot that still plays.';

revoke all on function private.may_forget(public.pot_entries)
from public, anon, authenticated, service_role;
