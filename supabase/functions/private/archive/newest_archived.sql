-- The newest entries of an archived pot, as get_pot shows them; none without a month
create or replace function private.newest_archived(p_month date, p_pot_id uuid)
returns table (
    id uuid, user_id uuid, seq bigint, ticket_count integer, credits_spent bigint, salt text,
    entrant_tag text, first_ticket bigint, created_at timestamptz
)
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_month is not null then
        return query
        select
            e.id, e.user_id, e.seq, e.ticket_count, e.credits_spent, e.salt, e.entrant_tag,
            e.first_ticket, e.created_at
        from private.archived_entries as e
        where e.month = p_month and e.pot_id = p_pot_id and e.cancelled_at is null
        order by e.seq desc
        limit 100;
    end if;
end $$;

comment on function private.newest_archived(date, uuid) is
'The hundred newest live entries of a pot that was archived by p_month; nothing for NULL.';

revoke all on function private.newest_archived(date, uuid)
from public, anon, authenticated, service_role;
