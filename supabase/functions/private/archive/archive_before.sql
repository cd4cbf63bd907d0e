-- Pots that ended until then may be archived: archive_days, and all that is personal had its time.
create or replace function private.archive_before()
returns timestamptz
language sql
stable
set search_path = ''
as $$
    select private.now() - interval '24 hours' * greatest(
        r.archive_days, r.network_days, r.key_days, r.evidence_days
    )
    from private.retention as r
$$;

comment on function private.archive_before() is
'The latest end of a pot that may be archived.';

revoke all on function private.archive_before()
from public, anon, authenticated, service_role;
