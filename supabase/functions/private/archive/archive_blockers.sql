-- What keeps a pot from being archived now. Nothing that somebody may still need, or be told of,
-- leaves: not what is under review, alerted, not yet forgotten, not yet delivered or read.
create or replace function private.archive_blockers(p_pot_id uuid)
returns text[]
language plpgsql
stable
set search_path = ''
as $$
declare
    v_pot public.pots;
    v_position bigint;
begin
    select * into strict v_pot from public.pots as p where p.id = p_pot_id;
    if v_pot.status not in ('settled', 'cancelled') then
        return array['not_ended'];
    elsif private.is_archived(p_pot_id) then
        return array['archived'];
    end if;
    -- What was logged last of its life stands behind every join (docs/events.md).
    select max(p.position) into v_position
    from private.events as e
    inner join private.event_positions as p on e.id = p.id
    where e.pot_id = p_pot_id
        and e.kind not in ('pot_joined', 'pot_entry_cancelled', 'pot_exported');
    return array_remove(array[
        case
            when coalesce(v_pot.settled_at, v_pot.cancelled_at) > private.archive_before()
                then 'too_recent'
        end,
        case when private.under_review(p_pot_id) then 'under_review' end,
        case
            when exists (
                select
                from private.alerts as a
                where a.pot_id = p_pot_id and a.closed_at is null
            )
                then 'alert'
        end,
        case
            when exists (
                select
                from public.pot_entries as e
                where e.pot_id = p_pot_id
                    and num_nonnulls(e.ip_hash, e.device_hash, e.region, e.correlation_id) > 0
            )
            or exists (
                select from private.retention_waiting as w where w.pot_id = p_pot_id
            )
                then 'personal_data'
        end,
        case
            when exists (
                select
                from private.webhook_deliveries as d
                inner join private.webhook_subscriptions as s on d.webhook_id = s.webhook_id
                where d.pot_id = p_pot_id and d.status = 'pending' and s.active
            )
                then 'deliveries'
        end,
        case
            when exists (
                select
                from private.events as e
                where e.pot_id = p_pot_id
                    and e.kind not in ('pot_joined', 'pot_entry_cancelled', 'pot_exported')
                    and not exists (select from private.event_positions as p where p.id = e.id)
            )
            or exists (
                select
                from private.event_consumers as c
                where c.position < v_position
                    -- Webhooks are told of what happens from when they listen on, while they do.
                    and (
                        c.consumer <> 'webhooks'
                        or exists (
                            select
                            from private.webhook_subscriptions as s
                            where s.active
                                and s.listens_since
                                <= coalesce(v_pot.settled_at, v_pot.cancelled_at)
                        )
                    )
            )
            or exists (select from private.metric_marks as m where m.position < v_position)
            -- The next position is counted from the last one.
            or v_position = (select max(p.position) from private.event_positions as p)
                then 'events'
        end
    ], null);
end $$;

comment on function private.archive_blockers(uuid) is
'Why a pot cannot be archived now: not_ended, archived, too_recent, under_review, alert, '
'personal_data (purge_expired has not come to it), deliveries (of active webhooks), events (some '
'consumer has not read them); empty when it can.';

revoke all on function private.archive_blockers(uuid)
from public, anon, authenticated, service_role;
