-- Every registered beacon chain, in the words of the other streams.
select
    c.chain_hash as beacon_chain_hash, c.public_key as chain_key,
    c.scheme, c.genesis_time, c.period_seconds
from private.beacon_chains as c
order by c.chain_hash
