-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.register_beacon_chain.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.register_beacon_chain(
    chain_hash text,
    public_key text,
    scheme text,
    genesis_time bigint,
    period_seconds integer
)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.register_beacon_chain(
        chain_hash, public_key, scheme, genesis_time, period_seconds
    );
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.register_beacon_chain(text, text, text, bigint, integer) is
'Registers a drand chain as its /info says: chain_hash 64 hex digits, public_key 192 (BLS12-381 '
'G2, compressed), scheme bls-unchained-g1-rfc9380, genesis_time in seconds since 1970, '
'period_seconds 1 to 3600. The database cannot verify a chain: pypot does before it registers '
'one. Returns {chain_hash}. Raises PT422 invalid_argument, PT409 wrong_state (the hash is '
'registered with other values).';

revoke all on function public.register_beacon_chain(text, text, text, bigint, integer)
from public, anon, authenticated, service_role;
grant execute on function public.register_beacon_chain(text, text, text, bigint, integer)
to service_role;
