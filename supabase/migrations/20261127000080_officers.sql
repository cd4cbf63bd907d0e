-- People of compliance who sign in as such: whose access tokens name the role pot_compliance, by
-- the hook private.custom_access_token, and who lost it.

create table private.officers (
    user_id uuid primary key,
    reason text not null,
    added_by uuid not null,
    added_at timestamptz not null,
    revoked_by uuid,
    revoked_at timestamptz,
    constraint officers_revoked_check check (num_nulls(revoked_by, revoked_at) in (0, 2))
);
comment on table private.officers is
'Who signs in as compliance: named by set_officer, which only the service key may call. A revoked '
'row is kept, since a token made before it is good for a while.';

create type public.officer as (
    user_id uuid,
    reason text,
    added_by uuid,
    added_at text,
    revoked_at text
);
comment on type public.officer is
'Somebody who signs in as compliance, or did: the reason given last, named by whom (a pseudonym) '
'and when; revoked_at when no more.';

alter table private.officers enable row level security;
create policy officers_nobody on private.officers for all to public
using (false) with check (false);
revoke all on private.officers
from public, anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance, pot_treasury;

-- Supabase Auth calls its hook as the role that keeps its tables.
grant usage on schema private to supabase_auth_admin;
