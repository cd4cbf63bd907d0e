"""Beacon chains as the database knows them (contract, section 5)."""

from __future__ import annotations

from pypot_cli.fairness.beacon import Chain
from pypot_cli.rpc import Api, Caller, login_url

CALLER = Caller("service_role")


def register(url: str, chain: Chain, *, use: bool) -> None:
    """Have the database `url` know a chain and, with `use`, open pots of draw 2 on it from now on.

    Again with the same chain: nothing changes. Pots keep the chain that they were opened on. Raises
    RpcError for what the database refuses.
    """
    with Api(login_url(url)) as api:
        api.call(
            CALLER,
            "register_beacon_chain",
            chain_hash=chain.hash.hex(),
            public_key=chain.public_key.hex(),
            scheme=chain.scheme,
            genesis_time=chain.genesis_time,
            period_seconds=chain.period,
        )
        if use:
            api.call(CALLER, "use_beacon_chain", chain_hash=chain.hash.hex())
