-- Fails unless the archive has of each pot of a month what the pot's chain says by hash.
create or replace function private.require_digests(p_month date)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_pot_id uuid;
begin
    select n.pot_id into v_pot_id
    from private.archived_pots as n
    where n.month = p_month
        and not exists (
            select
            from public.pots_audit as a
            where a.pot_id = n.pot_id
                and a.action = 'archived'
                and a.metadata -> 'tables' = private.archive_digests(n.pot_id, p_month)
        )
    limit 1;
    if found then
        raise check_violation using
            message = format('pot %s is not in the archive as its chain says', v_pot_id);
    end if;
end $$;

comment on function private.require_digests(date) is
'Fails with check_violation unless every pot of the month is in the archive as its chain says.';

revoke all on function private.require_digests(date)
from public, anon, authenticated, service_role;
