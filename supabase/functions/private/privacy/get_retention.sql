-- The operator's settings, and of nobody in particular: service_role reads them without a name.
-- Guards: who calls.
-- Raises: login_required, not_allowed.
create or replace function private.get_retention()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    perform private.require_officer();
    return private.retention_json() || (
        select jsonb_build_object(
            'purged_until', jsonb_object_agg(
                p.what, case when isfinite(p.ended_at) then private.json_time(p.ended_at) end
            ),
            'waiting', (select count(distinct w.pot_id) from private.retention_waiting as w)
        )
        from private.retention_progress as p
    );
end $$;

comment on function private.get_retention() is
'Definer half of public.get_retention.';

revoke all on function private.get_retention()
from public, anon, authenticated, service_role;
grant execute on function private.get_retention()
to pot_compliance, service_role;
