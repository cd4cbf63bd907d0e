"""What one running API is told: where its database is, which keys it trusts, how much it takes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from pypot_cli import config
from pypot_cli.errors import UnreadableInputError

LOCAL_JWT_SECRET = "super-secret-jwt-token-with-at-least-32-characters-long"  # noqa: S105
"""Supabase's well-known secret of a local stack; PYPOT_JWT_SECRET replaces it."""

# The well-known keys of a local Supabase stack, good with the well-known secret only.
LOCAL_PUBLISHABLE_KEY = "sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH"
_LOCAL_SECRET_KEY = "sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz"  # noqa: S105

_SHORTEST_SECRET = 32


@dataclass(frozen=True)
class Limits:
    """How much one client may ask for. Sizes in bytes, times in seconds."""

    body: int = 1024 * 1024
    headers: int = 16 * 1024
    request_seconds: float = 30
    requests_at_once: int = 256
    connections: int = 16
    wait_for_connection: float = 10
    """PostgREST's db-pool-acquisition-timeout."""
    stop_seconds: int = 10


@dataclass(frozen=True)
class Hook:
    """A function of the database that Supabase Auth calls."""

    schema: str
    name: str

    @property
    def uri(self) -> str:
        """As it is configured."""
        return f"pg-functions://postgres/{self.schema}/{self.name}"


_HOOK_URI = re.compile(r"pg-functions://postgres/([a-z_][a-z0-9_]*)/([a-z_][a-z0-9_]*)")


def access_token_hook(file: Path = config.ROOT / "supabase" / "config.toml") -> Hook | None:
    """The custom access token hook that the project's settings enable, None for none.

    Raises UnreadableInputError for a URI that names no function of the database.
    """
    with file.open("rb") as source:
        hooks = tomllib.load(source).get("auth", {}).get("hook", {})
    settings = hooks.get("custom_access_token", {})
    if not settings.get("enabled"):
        return None
    named = _HOOK_URI.fullmatch(str(settings.get("uri", "")))
    if named is None:
        raise UnreadableInputError(
            f"{file}: auth.hook.custom_access_token.uri is not pg-functions://postgres/SCHEMA/NAME"
        )
    return Hook(named[1], named[2])


@dataclass(frozen=True)
class Settings:
    """The whole configuration. `database_url` is of role postgres, see `rpc.login_url`."""

    database_url: str
    signing_key: ec.EllipticCurvePrivateKey
    """Signs access tokens (ES256); its public half is the JWKS."""
    signing_kid: str
    stream_url: str | None = None
    """The database itself, where `database_url` is a pooler: messages are streamed from there."""
    read_url: str | None = None
    """A standby, for reads that are nobody's (see `standby`)."""
    most_stale_seconds: float = 10.0
    """A standby that may be older is not read."""
    jwt_secret: str = LOCAL_JWT_SECRET
    """HS256: verifies tokens made elsewhere, and the anon and service_role keys."""
    url: str = f"http://127.0.0.1:{config.API_PORT}"
    """How clients reach this API; the issuer of its tokens."""
    schema: str = "public"
    extra_search_path: tuple[str, ...] = ("extensions",)
    anon_role: str = "anon"
    audience: str = "authenticated"
    """A token that names audiences must name this one."""
    max_rows: int = 1000
    token_seconds: int = 3600
    refresh_reuse_seconds: int = 10
    """How long a spent refresh token may be shown again: two tabs refresh at once."""
    shortest_password: int = 6
    access_token_hook: Hook | None = field(default_factory=access_token_hook)
    """What is asked before a token is signed: as for Supabase, supabase/config.toml says."""
    limits: Limits = field(default_factory=Limits)

    @property
    def publishable_key(self) -> str:
        """The key of browsers: role anon."""
        return self._key("sb_publishable_", LOCAL_PUBLISHABLE_KEY)

    @property
    def secret_key(self) -> str:
        """The key of servers: role service_role."""
        return self._key("sb_secret_", _LOCAL_SECRET_KEY)

    def _key(self, prefix: str, local: str) -> str:
        if self.jwt_secret == LOCAL_JWT_SECRET:
            return local
        digest = hmac.digest(self.jwt_secret.encode(), prefix.encode(), hashlib.sha256)
        return prefix + base64.urlsafe_b64encode(digest).decode().rstrip("=")[:31]


def jwt_secret() -> str:
    """PYPOT_JWT_SECRET, else the local one. Raises UnreadableInputError when it is too short."""
    secret = os.environ.get("PYPOT_JWT_SECRET", "") or LOCAL_JWT_SECRET
    if len(secret.encode()) < _SHORTEST_SECRET:
        raise UnreadableInputError(
            f"PYPOT_JWT_SECRET is too short: HS256 wants at least {_SHORTEST_SECRET} bytes"
        )
    return secret


def signing_key(
    file: Path = config.STATE_DIR / "keys" / "jwt-es256.pem",
) -> tuple[ec.EllipticCurvePrivateKey, str]:
    """The P-256 key of access tokens and its kid; made the first time, in a file of mode 0600.

    Raises UnreadableInputError when the file holds anything else.
    """
    if not file.exists():
        _write_new_key(file)
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError, OSError):
        key = None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise UnreadableInputError(f"{file} holds no P-256 private key: delete it for a new one")
    return key, key_id(key)


def key_id(key: ec.EllipticCurvePrivateKey) -> str:
    """A name that goes with the key: the start of the SHA-256 of its public half."""
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(public).hexdigest()[:16]


def _write_new_key(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    partial = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(pem)
    # Whoever links first wins: two servers that start at once use one key.
    try:
        os.link(partial, file)
    except FileExistsError:
        pass
    finally:
        partial.unlink()
