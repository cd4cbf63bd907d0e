-- The settings of retention, without the secret
create or replace function private.retention_json()
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'network_days', r.network_days, 'key_days', r.key_days, 'evidence_days', r.evidence_days
    )
    from private.retention as r
$$;

comment on function private.retention_json() is
'For how many days what is kept: {network_days, key_days, evidence_days}.';

revoke all on function private.retention_json()
from public, anon, authenticated, service_role;
