"""The public halves of the services' keys, as the database knows them (contract, section 3)."""

from __future__ import annotations

from pypot_cli.keys import KeyPurpose
from pypot_cli.rpc import Api, Caller, login_url

CALLER = Caller("service_role")


def register(url: str, purpose: KeyPurpose, public_key: bytes) -> str:
    """Have the database `url` trust a public key (32 bytes) for a purpose; return its kid.

    Again with the same key: the same answer. Raises RpcError for what is no public key.
    """
    with Api(login_url(url)) as api:
        answer = api.call(
            CALLER, "register_signing_key", purpose=str(purpose), public_key=public_key.hex()
        )
    kid: str = answer["kid"]
    return kid


def revoke(url: str, kid: str, reason: str) -> None:
    """Have the database `url` accept nothing new by a key; what it signed before stays valid.

    Raises RpcError for an unknown kid.
    """
    with Api(login_url(url)) as api:
        api.call(CALLER, "revoke_signing_key", kid=kid, reason=reason)
