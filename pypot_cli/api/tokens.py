"""Who calls: tokens and API keys, judged as PostgREST 14 and Supabase's gateway judge them.

Sources: RFC 7515 and 7519; PostgREST's documented errors PGRST301 and PGRST303.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from pypot_cli.api.settings import Settings

SKEW_SECONDS = 30
"""How far a client's clock may be off (PostgREST)."""

_LEGACY_KEY_EXPIRY = 1983812996


class TokenError(Exception):
    """A token that is refused: PostgREST's code, message and details."""

    def __init__(self, code: str, message: str, details: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details


class ApiKeyError(Exception):
    """An `apikey` that is none of this project's."""


@dataclass(frozen=True)
class Identity:
    """In whose name a transaction runs: a database role, and the claims that SQL sees."""

    role: str
    claims: Mapping[str, Any] = field(default_factory=dict)

    @property
    def claims_json(self) -> str:
        """The claims as `request.jwt.claims` holds them, role included."""
        return json.dumps({**self.claims, "role": self.role}, ensure_ascii=False)


class Authority:
    """Makes tokens and judges them. Holds the keys; safe to share."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._secret = settings.jwt_secret.encode()
        self._public = settings.signing_key.public_key()

    # ---------------------------------------------------------------- who calls

    def identify(self, authorization: str | None, apikey: str | None = None) -> Identity:
        """The caller by the headers `Authorization` and `apikey`.

        A `Bearer` token decides. A key `sb_…` stands for its role wherever it is sent, and an
        `apikey` that is a JWT stands in for a missing token. Nothing at all is the anon role.

        Raises TokenError, or ApiKeyError for a key that is wrong.
        """
        keyed = self._by_key(apikey) if apikey else None
        token = _bearer(authorization)
        if token is None:
            return keyed or Identity(self._settings.anon_role)
        if token.startswith("sb_"):
            return self._by_key(token)
        return self.verify(token)

    def verify(self, token: str) -> Identity:
        """The identity a JWT proves; raises TokenError (PGRST301 unreadable, PGRST303 refused)."""
        claims = _claims(self._verified_payload(token))
        _check_times(claims, time.time())
        _check_audience(claims, self._settings.audience)
        role = claims.get("role", self._settings.anon_role)
        text = role if isinstance(role, str) else json.dumps(role)
        return Identity(text, {**claims, "role": text})

    def _by_key(self, key: str) -> Identity:
        # A publishable key grants no more than no key at all, so any will do.
        if key.startswith("sb_publishable_"):
            return Identity(self._settings.anon_role)
        if key.startswith("sb_"):
            if hmac.compare_digest(key.encode(), self._settings.secret_key.encode()):
                return Identity("service_role")
            raise ApiKeyError
        try:
            return self.verify(key)
        except TokenError:
            raise ApiKeyError from None

    def _verified_payload(self, token: str) -> bytes:
        if not token:
            raise TokenError("PGRST301", "Empty JWT is sent in Authorization header")
        parts = token.split(".")
        if len(parts) != 3:
            raise TokenError("PGRST301", f"Expected 3 parts in JWT; got {len(parts)}")
        header = _header(parts[0])
        algorithm: str = header["alg"]
        if algorithm == "none":
            raise TokenError(
                "PGRST301",
                "Wrong or unsupported encoding algorithm",
                "JWT is unsecured but expected 'alg' was not 'none'",
            )
        key = self._key_for(algorithm, header.get("kid"))
        if key is None:
            raise TokenError(
                "PGRST301",
                "No suitable key or wrong key type",
                "No suitable key was found to decode the JWT",
            )
        try:
            # The algorithm is the key's own, so no header makes one key pass for another kind.
            payload: bytes = jwt.PyJWS().decode_complete(token, key, algorithms=[algorithm])[
                "payload"
            ]
        except (jwt.PyJWTError, ValueError):
            raise TokenError(
                "PGRST301",
                "No suitable key or wrong key type",
                "None of the keys was able to decode the JWT",
            ) from None
        return payload

    def _key_for(self, algorithm: str, kid: Any) -> bytes | ec.EllipticCurvePublicKey | None:
        if algorithm == "HS256" and kid is None:
            return self._secret
        if algorithm == "ES256" and kid in (None, self._settings.signing_kid):
            return self._public
        return None

    # ---------------------------------------------------------------- making tokens

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A token of ours, ES256."""
        return jwt.encode(
            dict(claims),
            self._settings.signing_key,
            algorithm="ES256",
            headers={"kid": self._settings.signing_kid},
        )

    def legacy_key(self, role: str) -> str:
        """The long-lived HS256 key of role anon or service_role that older clients carry."""
        claims = {"iss": "supabase-demo", "role": role, "exp": _LEGACY_KEY_EXPIRY}
        return jwt.encode(claims, self._secret, algorithm="HS256")

    def jwks(self) -> dict[str, Any]:
        """The keys that verify our tokens (RFC 7517): the public one, never the secret."""
        key = jwt.algorithms.ECAlgorithm.to_jwk(self._public, as_dict=True)
        names = {"kid": self._settings.signing_kid, "alg": "ES256", "use": "sig"}
        return {"keys": [{**key, **names, "key_ops": ["verify"]}]}


def _bearer(authorization: str | None) -> str | None:
    scheme, _, rest = (authorization or "").partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else None


def _header(part: str) -> dict[str, Any]:
    try:
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        header = None
    if not isinstance(header, dict) or not isinstance(header.get("alg"), str):
        raise TokenError("PGRST301", "JWT couldn't be decoded")
    return header


def _claims(payload: bytes) -> dict[str, Any]:
    try:
        claims = json.loads(payload)
        # An escape can say half a surrogate pair, which no database takes as text.
        json.dumps(claims, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        claims = None
    if not isinstance(claims, dict):
        raise TokenError("PGRST303", "Parsing claims failed")
    return claims


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    second = math.floor(now)
    rules: tuple[tuple[str, str, Callable[[int], bool]], ...] = (
        ("exp", "JWT expired", lambda at: second - SKEW_SECONDS > at),
        ("nbf", "JWT not yet valid", lambda at: second + SKEW_SECONDS < at),
        ("iat", "JWT issued at future", lambda at: second + SKEW_SECONDS < at),
    )
    for name, message, is_wrong in rules:
        value = claims.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TokenError("PGRST303", f"The JWT '{name}' claim must be a number")
        if is_wrong(_whole(value)):
            raise TokenError("PGRST303", message)


def _whole(value: float) -> int:
    """A number as PostgREST reads it: 0 for what is no whole number of 64 bits."""
    if isinstance(value, float) and not value.is_integer():
        return 0
    whole = int(value)
    return whole if -(2**63) <= whole < 2**63 else 0


def _check_audience(claims: Mapping[str, Any], expected: str) -> None:
    audience = claims.get("aud")
    if audience is None:
        return
    named = [audience] if isinstance(audience, str) else audience
    if not isinstance(named, list) or not all(isinstance(each, str) for each in named):
        raise TokenError("PGRST303", "The JWT 'aud' claim must be a string or an array of strings")
    if named and expected not in named:
        raise TokenError("PGRST303", "JWT not in audience")
