-- Turns a player away on the record: compliance sees an event of p_kind, the caller the refusal
-- (account_blocked, region_blocked, velocity_exceeded).
-- Locks: the caller's pseudonym when it is new.
create or replace function private.refuse_player(
    p_token text, p_kind text, p_pot_id uuid, p_detail jsonb default '{}',
    p_noted jsonb default '{}'
)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
begin
    perform private.log_event(
        p_kind, p_pot_id, jsonb_build_object('code', p_token) || p_detail || p_noted
    );
    return private.refuse(p_token, p_detail);
end $$;

comment on function private.refuse_player(text, text, uuid, jsonb, jsonb) is
'Records a refused call of a player as an event of p_kind and returns the refusal of p_token with '
'DETAIL p_detail; p_noted is recorded beside it and not told.';

revoke all on function private.refuse_player(text, text, uuid, jsonb, jsonb)
from public, anon, authenticated, service_role;
