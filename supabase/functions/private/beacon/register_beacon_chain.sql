-- Guards, in order: the form of each argument; no other chain under that hash.
-- Writes: beacon_chains; an event. The same chain again changes nothing.
-- Raises: invalid_argument, wrong_state, busy (a transaction of one snapshot).
create or replace function private.register_beacon_chain(
    p_chain_hash text, p_public_key text, p_scheme text,
    p_genesis_time bigint, p_period_seconds integer
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_chain private.beacon_chains;
begin
    perform private.require_hex('chain_hash', p_chain_hash, 32);
    if p_chain_hash = repeat('0', 64) then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'chain_hash', 'expected', 'the hash of a chain; zeros are no chain'
        ));
    end if;
    perform private.require_hex('public_key', p_public_key, 96);
    -- Whether the point is on the curve is for the library that verifies rounds.
    if p_public_key !~ '^[89ab]' then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'public_key', 'expected', 'a compressed point of BLS12-381 G2'
        ));
    end if;
    if p_scheme is distinct from 'bls-unchained-g1-rfc9380' then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'scheme', 'expected', 'bls-unchained-g1-rfc9380'
        ));
    end if;
    -- To the year 2100: what is larger was given in milliseconds.
    perform private.require_range('genesis_time', p_genesis_time, 1, 4102444800);
    perform private.require_range('period_seconds', p_period_seconds, 1, 3600);
    perform private.require_read_committed();

    insert into private.beacon_chains (
        chain_hash, public_key, scheme, genesis_time, period_seconds, created_at
    )
    values (
        p_chain_hash, p_public_key, p_scheme, p_genesis_time, p_period_seconds, private.now()
    )
    on conflict (chain_hash) do nothing
    returning * into v_chain;
    if found then
        perform private.log_event(
            'beacon_chain_registered', null, to_jsonb(v_chain) - 'created_at'
        );
    elsif not exists (
        select
        from private.beacon_chains as c
        where c.chain_hash = p_chain_hash
            and c.public_key = p_public_key
            and c.scheme = p_scheme
            and c.genesis_time = p_genesis_time
            and c.period_seconds = p_period_seconds
    ) then
        perform private.fail('wrong_state', jsonb_build_object(
            'chain_hash', p_chain_hash, 'reason', 'registered with other values'
        ));
    end if;
    return jsonb_build_object('chain_hash', p_chain_hash);
end $$;

comment on function private.register_beacon_chain(text, text, text, bigint, integer) is
'Definer half of public.register_beacon_chain.';

revoke all on function private.register_beacon_chain(text, text, text, bigint, integer)
from public, anon, authenticated, service_role;
grant execute on function private.register_beacon_chain(text, text, text, bigint, integer)
to service_role;
