-- What a cancelled pot gave back when it was cancelled
create or replace function private.refunds_json(p_pot_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'entries', count(*), 'tickets', coalesce(sum(e.ticket_count), 0),
        'credits', coalesce(sum(t.amount), 0)
    )
    from public.pot_entries as e
    inner join private.transfers as t on e.id = t.entry_id and t.kind = 'refund'
    where e.pot_id = p_pot_id and e.cancelled_at is null
$$;

comment on function private.refunds_json(uuid) is
'{entries, tickets, credits} that were refunded because their pot was cancelled.';

revoke all on function private.refunds_json(uuid)
from public, anon, authenticated, service_role;
