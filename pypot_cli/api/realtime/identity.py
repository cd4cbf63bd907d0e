"""Tokens and keys of a socket, judged by the API's own authority."""

import time

from pypot_cli.api.realtime.caller import Caller, InvalidTokenError
from pypot_cli.api.realtime.channel import expired
from pypot_cli.api.tokens import ApiKeyError, Authority, Identity, TokenError


class AuthorityTokens:
    """`Tokens` over an Authority."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority

    def of_key(self, key: str) -> Caller:
        """See Tokens."""
        try:
            return _caller(self._authority.identify(None, key))
        except ApiKeyError:
            raise InvalidTokenError("MalformedJWT", "The API key is not valid") from None

    def of_token(self, token: str) -> Caller:
        """See Tokens. Unlike a request, which is over at once, a channel gets no 30 s of skew."""
        try:
            caller = _caller(self._authority.verify(token))
        except TokenError as error:
            if error.message == "JWT expired":
                raise InvalidTokenError("InvalidJWTToken", "Token has expired") from None
            if error.code == "PGRST301" and token.count(".") == 2:
                raise InvalidTokenError(
                    "JwtSignatureError", "Failed to validate JWT signature"
                ) from None
            raise InvalidTokenError(
                "MalformedJWT", "The token provided is not a valid JWT"
            ) from None
        if caller.expires_at is None or "role" not in caller.claims:
            raise InvalidTokenError(
                "InvalidJWTToken", "Fields `role` and `exp` are required in JWT"
            )
        if caller.expires_at <= time.time():
            raise InvalidTokenError("InvalidJWTToken", expired(caller.expires_at))
        return caller


def _caller(identity: Identity) -> Caller:
    ends = identity.claims.get("exp")
    return Caller(identity.role, identity.claims, None if ends is None else float(ends))
