"""The endpoints of /auth/v1."""

from __future__ import annotations

import functools
import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg_pool import PoolTimeout
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pypot_cli.api.auth import passwords, users
from pypot_cli.api.auth.errors import VERSION_HEADER, AuthError, invalid, speaks_newer
from pypot_cli.api.auth.sessions import Client, Sessions
from pypot_cli.api.auth.users import Changes, User
from pypot_cli.api.database import Connection, Database, query
from pypot_cli.api.http import read_body, respond
from pypot_cli.api.settings import Settings
from pypot_cli.api.tokens import ApiKeyError, Authority, TokenError

PREFIX = "/auth/v1"

_Handler = Callable[[Request], Awaitable[Response]]
_SCOPES = ("global", "local", "others")


@dataclass(frozen=True)
class SignedIn:
    """Who sent an access token, and of which session it is."""

    user: User
    session_id: uuid.UUID | None


class AuthService:
    """Every endpoint, as `routes`."""

    def __init__(self, settings: Settings, database: Database, authority: Authority) -> None:
        self._settings = settings
        self._database = database
        self._authority = authority
        self._sessions = Sessions(settings, database, authority)

    @property
    def routes(self) -> list[Route]:
        """The routes to mount."""
        endpoints: list[tuple[str, str, _Handler]] = [
            ("GET", "/health", self._health),
            ("GET", "/settings", self._show_settings),
            ("GET", "/.well-known/jwks.json", self._jwks),
            ("POST", "/signup", self._sign_up),
            ("POST", "/token", self._token),
            ("POST", "/logout", self._sign_out),
            ("GET", "/user", self._get_user),
            ("PUT", "/user", self._change_user),
        ]
        return [
            Route(PREFIX + path, _answering(handler), methods=[method])
            for method, path, handler in endpoints
        ]

    # ------------------------------------------------------------------ about the service

    async def _health(self, request: Request) -> Response:
        description = "A local stand-in for GoTrue, for development only"
        return _json({"version": "v2.0.0-local", "name": "GoTrue", "description": description})

    async def _show_settings(self, request: Request) -> Response:
        return _json(
            {
                "external": {"anonymous_users": True, "email": True, "phone": False},
                "disable_signup": False,
                "mailer_autoconfirm": True,
                "phone_autoconfirm": False,
                "sms_provider": "",
                "saml_enabled": False,
            }
        )

    async def _jwks(self, request: Request) -> Response:
        return _json(self._authority.jwks())

    # ------------------------------------------------------------------ signing in

    async def _sign_up(self, request: Request) -> Response:
        form = await _form(request)
        email, password = _text(form, "email"), _text(form, "password")
        data = _object(form, "data") or {}
        if _text(form, "phone"):
            raise AuthError(400, "phone_provider_disabled", "Phone signups are disabled")
        if not email:
            return await self._begin(request, None, None, data)
        if not password:
            raise invalid("Signup requires a valid password")
        passwords.check_strength(password, self._settings.shortest_password)
        email = users.checked_email(email)
        return await self._begin(request, email, await passwords.hashed(password), data)

    async def _begin(
        self, request: Request, email: str | None, digest: str | None, data: Mapping[str, Any]
    ) -> Response:
        async with self._database.own_transaction() as conn:
            user = await users.sign_up(conn, email, digest, data)
            return _json(await self._sessions.begin(conn, user, _client(request)))

    async def _token(self, request: Request) -> Response:
        grant = request.query_params.get("grant_type")
        form = await _form(request)
        if grant == "password":
            return await self._sign_in(request, form)
        if grant == "refresh_token":
            token = _text(form, "refresh_token")
            if not token or "\0" in token:
                raise invalid("Refresh token is not valid")
            return _json(await self._sessions.renew(token))
        raise AuthError(400, "invalid_credentials", "unsupported_grant_type")

    async def _sign_in(self, request: Request, form: Mapping[str, Any]) -> Response:
        email, password = _text(form, "email"), _text(form, "password")
        if _text(form, "phone"):
            raise AuthError(422, "phone_provider_disabled", "Phone logins are disabled")
        if not email:
            raise invalid("missing email or phone")
        async with self._database.own_transaction() as conn:
            found = await users.by_email(conn, email.replace("\0", ""))
        # No connection waits while the password is compared.
        user = await users.authenticate(found, password)
        async with self._database.own_transaction() as conn:
            return _json(await self._sessions.begin(conn, user, _client(request)))

    async def _sign_out(self, request: Request) -> Response:
        scope = request.query_params.get("scope") or "global"
        if scope not in _SCOPES:
            raise invalid(f'Unsupported logout scope "{scope}"')
        async with self._database.own_transaction() as conn:
            caller = await self._signed_in(conn, request)
            if caller.session_id is None:
                scope = "global"
            await self._sessions.end(conn, caller.user.id, caller.session_id, scope)
        return respond(204, [])

    # ------------------------------------------------------------------ the user

    async def _get_user(self, request: Request) -> Response:
        async with self._database.own_transaction() as conn:
            return _json((await self._signed_in(conn, request)).user.as_json())

    async def _change_user(self, request: Request) -> Response:
        async with self._database.own_transaction() as conn:
            caller = await self._signed_in(conn, request)
        changes = await self._changes(caller.user, await _form(request))
        async with self._database.own_transaction() as conn:
            user = await users.change(conn, caller.user, changes)
            if changes.digest is not None:
                # Whoever knew the old password is out.
                await self._sessions.end(conn, user.id, caller.session_id, "others")
        return _json(user.as_json())

    async def _changes(self, user: User, form: Mapping[str, Any]) -> Changes:
        email, password = _text(form, "email"), _text(form, "password")
        if "app_metadata" in form:
            raise AuthError(403, "not_admin", "Updating app_metadata requires admin privileges")
        if _text(form, "phone"):
            raise AuthError(422, "phone_provider_disabled", "Phone logins are disabled")
        digest = None
        if password:
            if user.is_anonymous and not email:
                raise AuthError(
                    422,
                    "validation_failed",
                    "Updating password of an anonymous user without an email or phone is not "
                    "allowed",
                )
            passwords.check_strength(password, self._settings.shortest_password)
            if await passwords.matches(password, user.encrypted_password):
                raise AuthError(
                    422,
                    "same_password",
                    "New password should be different from the old password.",
                )
            digest = await passwords.hashed(password)
        return Changes(
            users.checked_email(email) if email and email.lower() != user.email else None,
            digest,
            _object(form, "data"),
        )

    async def _signed_in(self, conn: Connection, request: Request) -> SignedIn:
        """Whose access token it is. Raises AuthError: none, bad, or of nobody who may use it."""
        if not request.headers.get("authorization", "").lower().startswith("bearer "):
            raise AuthError(401, "no_authorization", "This endpoint requires a valid Bearer token")
        try:
            claims = self._authority.identify(request.headers["authorization"]).claims
        except TokenError as error:
            raise _bad_token(
                f"invalid JWT: unable to parse or verify signature, {error.message}"
            ) from None
        except ApiKeyError:
            raise _bad_token("invalid JWT: unable to parse or verify signature") from None
        if "sub" not in claims:
            raise _bad_token("invalid claim: missing sub claim")
        user = await users.by_id(conn, _uuid(claims["sub"], "sub"))
        if user is None:
            raise AuthError(403, "user_not_found", "User from sub claim in JWT does not exist")
        if user.is_banned:
            raise AuthError(403, "user_banned", "User is banned")
        if "session_id" not in claims:
            return SignedIn(user, None)
        session_id = _uuid(claims["session_id"], "session_id")
        cursor = await conn.execute(
            query("api_auth_session_exists"), {"session_id": session_id, "user_id": user.id}
        )
        if await cursor.fetchone() != (True,):
            raise AuthError(
                403,
                "session_not_found",
                "Session from session_id claim in JWT does not exist",
            )
        return SignedIn(user, session_id)


# ------------------------------------------------------------------ requests and answers


def _answering(handler: _Handler) -> _Handler:
    @functools.wraps(handler)
    async def endpoint(request: Request) -> Response:
        version = request.headers.get(VERSION_HEADER)
        try:
            return await handler(request)
        except AuthError as error:
            refusal = error
        except (psycopg.OperationalError, PoolTimeout):
            refusal = AuthError(503, "unexpected_failure", "The database cannot be asked now")
        response = _json(refusal.body(version), refusal.status)
        response.headers["x-sb-error-code"] = refusal.code
        if version is not None and speaks_newer(version):
            response.headers[VERSION_HEADER] = "2024-01-01"
        return response

    return endpoint


def _json(value: Any, status: int = 200) -> Response:
    headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    return respond(status, headers, json.dumps(value, ensure_ascii=False).encode())


def _client(request: Request) -> Client:
    address = request.client.host if request.client else None
    agent = request.headers.get("user-agent")
    return Client(agent[:400] if agent else None, address)


async def _form(request: Request) -> Mapping[str, Any]:
    body = await read_body(request)
    try:
        value = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise AuthError(400, "bad_json", "Could not parse request body as JSON")
    return value


def _text(form: Mapping[str, Any], name: str) -> str:
    value = form.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or (not value.isprintable() and name == "email"):
        raise AuthError(400, "bad_json", f"Could not parse request body as JSON: {name}")
    return value


def _object(form: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    value = form.get(name)
    if value is not None and not isinstance(value, dict):
        raise AuthError(400, "bad_json", f"Could not parse request body as JSON: {name}")
    return value


def _bad_token(message: str) -> AuthError:
    return AuthError(403, "bad_jwt", message)


def _uuid(value: Any, claim: str) -> uuid.UUID:
    try:
        return uuid.UUID(str(value))
    except ValueError:
        raise _bad_token(f"invalid claim: {claim} claim must be a UUID") from None
