-- Records a refused join for compliance and returns the refusal (account_blocked, region_blocked,
-- velocity_exceeded).
create or replace function private.refuse_join(p_token text, p_pot_id uuid)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
begin
    perform private.log_event('join_refused', p_pot_id, jsonb_build_object('code', p_token));
    return private.refuse(p_token);
end $$;

comment on function private.refuse_join(text, uuid) is
'Records a refused join for compliance and returns the refusal (account_blocked, region_blocked, '
'velocity_exceeded).';

revoke all on function private.refuse_join(text, uuid)
from public, anon, authenticated, service_role;
