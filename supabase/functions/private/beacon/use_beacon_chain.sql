-- Guards, in order: arguments; the chain is registered and runs: a revealed pot waits for its round
-- however far that is.
-- Locks: the settings' row.
-- Writes: settings; an event. Pots that are open keep the chain that their rules name.
-- Raises: invalid_argument, busy (a transaction of one snapshot).
create or replace function private.use_beacon_chain(p_chain_hash text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_genesis_time bigint;
    v_before text;
begin
    perform private.require_hex('chain_hash', p_chain_hash, 32);
    perform private.require_read_committed();
    select c.genesis_time into v_genesis_time
    from private.beacon_chains as c
    where c.chain_hash = p_chain_hash;
    if not found then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'chain_hash', 'expected', 'a registered chain'
        ));
    elsif to_timestamp(v_genesis_time) > private.now() then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'chain_hash', 'expected', 'a chain that has given its first round'
        ));
    end if;
    select s.beacon_chain_hash into strict v_before
    from private.settings as s
    where s.only_row
    for update;
    if v_before is distinct from p_chain_hash then
        update private.settings as s set beacon_chain_hash = p_chain_hash where s.only_row;
        perform private.log_event('beacon_chain_used', null, jsonb_build_object(
            'chain_hash', p_chain_hash, 'before', v_before
        ));
    end if;
    return jsonb_build_object('chain_hash', p_chain_hash);
end $$;

comment on function private.use_beacon_chain(text) is
'Definer half of public.use_beacon_chain.';

revoke all on function private.use_beacon_chain(text)
from public, anon, authenticated, service_role;
grant execute on function private.use_beacon_chain(text)
to service_role;
