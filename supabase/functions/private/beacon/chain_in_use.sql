-- The chain that a pot with draw 2 names in its rules when it opens
create or replace function private.chain_in_use()
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
    v_chain_hash text;
begin
    select s.beacon_chain_hash into strict v_chain_hash
    from private.settings as s
    where s.only_row;
    if v_chain_hash is null then
        perform private.fail('wrong_state', '{"reason": "no beacon chain is set"}');
    end if;
    return v_chain_hash;
end $$;

comment on function private.chain_in_use() is
'The hash of the beacon chain that pots with draw 2 opened now name in their rules. Raises '
'wrong_state when none is set.';

revoke all on function private.chain_in_use()
from public, anon, authenticated, service_role;
