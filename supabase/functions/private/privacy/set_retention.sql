-- Guards, in order: arguments; login.
-- Locks: the row of private.retention.
-- Writes: retention; event retention_set with before and after, when anything changes.
-- Raises: invalid_argument, login_required, busy (a transaction of one snapshot).
create or replace function private.set_retention(
    p_reason text, p_network_days integer, p_key_days integer, p_evidence_days integer
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_before jsonb;
    v_after jsonb;
begin
    perform private.require_reason(p_reason);
    perform private.require_range('network_days', coalesce(p_network_days, 1), 1, 3650);
    perform private.require_range('key_days', coalesce(p_key_days, 1), 1, 3650);
    perform private.require_range('evidence_days', coalesce(p_evidence_days, 1), 1, 3650);
    perform private.require_person();
    perform private.require_read_committed();
    perform from private.retention as r where r.only_row for update;
    v_before := private.retention_json();
    v_after := v_before || jsonb_strip_nulls(jsonb_build_object(
        'network_days', p_network_days,
        'key_days', p_key_days,
        'evidence_days', p_evidence_days
    ));
    if v_after <> v_before then
        update private.retention as r
        set
            network_days = (v_after ->> 'network_days')::integer,
            key_days = (v_after ->> 'key_days')::integer,
            evidence_days = (v_after ->> 'evidence_days')::integer
        where r.only_row;
        perform private.log_event('retention_set', null, jsonb_build_object(
            'reason', p_reason, 'before', v_before, 'after', v_after
        ));
    end if;
    return v_after;
end $$;

comment on function private.set_retention(text, integer, integer, integer) is
'Definer half of public.set_retention.';

revoke all on function private.set_retention(text, integer, integer, integer)
from public, anon, authenticated, service_role;
grant execute on function private.set_retention(text, integer, integer, integer)
to pot_compliance, service_role;
