-- Guards, in order: arguments; who calls; `after` is an alert.
-- Raises: invalid_argument, login_required, not_allowed.
create or replace function private.list_alerts(p_status text, p_after uuid, p_page_size integer)
returns setof public.alert
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_after bigint;
begin
    perform private.require_range('page_size', p_page_size, 1, 100);
    if p_status not in ('open', 'acknowledged', 'closed') then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'status', 'expected', 'open, acknowledged or closed'
        ));
    end if;
    perform private.require_standing();
    if p_after is not null then
        select a.id into v_after from private.alerts as a where a.alert_id = p_after;
        if not found then
            perform private.fail('invalid_argument', jsonb_build_object(
                'argument', 'after', 'expected', 'the alert_id of an alert'
            ));
        end if;
    end if;
    return query
    select
        a.alert_id, a.kind, private.alert_severity(a.kind),
        case
            when a.closed_at is not null then 'closed'
            when a.acknowledged_at is not null then 'acknowledged'
            else 'open'
        end,
        a.pot_id, a.detail, a.occurrences,
        private.json_time(a.opened_at), private.json_time(a.last_at),
        private.json_time(a.acknowledged_at), a.acknowledged_by, a.ack_reason,
        private.json_time(a.closed_at)
    from private.alerts as a
    where (p_after is null or a.id < v_after)
        and (
            p_status is null
            or p_status = 'closed' and a.closed_at is not null
            or p_status = 'open' and a.closed_at is null and a.acknowledged_at is null
            or p_status = 'acknowledged' and a.closed_at is null and a.acknowledged_at is not null
        )
    order by a.id desc
    limit p_page_size;
end $$;

comment on function private.list_alerts(text, uuid, integer) is
'Definer half of public.list_alerts.';

revoke all on function private.list_alerts(text, uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function private.list_alerts(text, uuid, integer)
to pot_compliance, service_role;
