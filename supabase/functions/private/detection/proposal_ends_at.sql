-- Until when what one person proposed waits for a second one. Hours and not days, which a caller's
-- time zone makes longer or shorter.
create or replace function private.proposal_ends_at(p_proposed_at timestamptz)
returns timestamptz
language sql
stable
set search_path = ''
as $$
    select p_proposed_at + interval '168 hours'
$$;

comment on function private.proposal_ends_at(timestamptz) is
'When a proposal of a policy of flags (private.flag_policy_proposals) expires: after a week.';

revoke all on function private.proposal_ends_at(timestamptz)
from public, anon, authenticated, service_role;
