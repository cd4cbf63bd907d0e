-- Where a settlement proof is to be had
create or replace function private.proof_path(p_pot_id uuid)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
    select '/rest/v1/rpc/get_proof?pot_id=' || p_pot_id
$$;

comment on function private.proof_path(uuid) is
'The path of the API that gives the pot''s settlement proof, to be put behind the project''s URL.';

revoke all on function private.proof_path(uuid)
from public, anon, authenticated, service_role;
