"""Sessions: access tokens, and refresh tokens that are good once."""

from __future__ import annotations

import secrets
import string
import time
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pypot_cli.api.auth import hook, users
from pypot_cli.api.auth.errors import AuthError
from pypot_cli.api.auth.users import User
from pypot_cli.api.database import Connection, Database, query
from pypot_cli.api.settings import Settings
from pypot_cli.api.tokens import Authority

_TOKEN_LETTERS = string.ascii_lowercase + string.digits
_TOKEN_LENGTH = 12


@dataclass(frozen=True)
class Client:
    """Where a session was begun from."""

    user_agent: str | None
    address: str | None


class Sessions:
    """Begins, renews and ends them."""

    def __init__(self, settings: Settings, database: Database, authority: Authority) -> None:
        self._settings = settings
        self._database = database
        self._authority = authority

    async def begin(self, conn: Connection, user: User, client: Client) -> dict[str, Any]:
        """A new session, as GoTrue answers one."""
        session_id = uuid.uuid4()
        await conn.execute(
            query("api_auth_signed_in"),
            {
                "id": session_id,
                "user_id": user.id,
                "user_agent": client.user_agent,
                "ip": client.address,
            },
        )
        token = await self._new_refresh_token(conn, user, session_id, None)
        user = await users.by_id(conn, user.id) or user
        method = "anonymous" if user.is_anonymous else "password"
        return await self._answer(conn, user, session_id, token, int(time.time()), method)

    async def renew(self, token: str) -> dict[str, Any]:
        """A session's next pair of tokens.

        A spent token is answered with the one that replaced it while that is unused, since a reply
        may get lost, and with a new one for some seconds, since two tabs may refresh at once. After
        that it was stolen: the session ends. Raises AuthError.
        """
        async with self._database.own_transaction() as conn:
            answer = await self._renewed(conn, token)
        # A stolen token ends its session, and that must be kept although the answer is an error.
        if isinstance(answer, AuthError):
            raise answer
        return answer

    async def _renewed(self, conn: Connection, token: str) -> dict[str, Any] | AuthError:
        cursor = await conn.execute(query("api_auth_lock_session_of_token"), {"token": token})
        session = await cursor.fetchone()
        if session is None:
            return AuthError(
                400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found"
            )
        session_id, user_id, begun_at = session
        user = await users.by_id(conn, user_id)
        if user is None:
            return AuthError(
                400, "session_not_found", "Invalid Refresh Token: No Valid Session Found"
            )
        if user.is_banned:
            return AuthError(400, "user_banned", "Invalid Refresh Token: User Banned")
        cursor = await conn.execute(
            query("api_auth_refresh_token"),
            {"token": token, "reuse_seconds": self._settings.refresh_reuse_seconds},
        )
        row = await cursor.fetchone()
        is_spent, is_recent, next_token = row or (True, False, None)
        if is_spent and next_token is None and not is_recent:
            await self.end(conn, user_id, session_id, "local")
            return AuthError(
                400, "refresh_token_already_used", "Invalid Refresh Token: Already Used"
            )
        if next_token is None:
            await conn.execute(
                query("api_auth_spend_refresh_token"), {"token": token, "session_id": session_id}
            )
            next_token = await self._new_refresh_token(conn, user, session_id, token)
        return await self._answer(
            conn, user, session_id, next_token, _seconds(begun_at), "token_refresh"
        )

    async def end(
        self, conn: Connection, user_id: uuid.UUID, session_id: uuid.UUID | None, scope: str
    ) -> None:
        """Signs out: `scope` local is this session, others all but it, global every one."""
        await conn.execute(
            query("api_auth_end_sessions"),
            {"user_id": user_id, "session_id": session_id, "scope": scope},
        )

    async def _new_refresh_token(
        self, conn: Connection, user: User, session_id: uuid.UUID, parent: str | None
    ) -> str:
        token = "".join(secrets.choice(_TOKEN_LETTERS) for _ in range(_TOKEN_LENGTH))
        await conn.execute(
            query("api_auth_insert_refresh_token"),
            {
                "token": token,
                "user_id": str(user.id),
                "session_id": session_id,
                "parent": parent,
            },
        )
        return token

    async def _answer(
        self,
        conn: Connection,
        user: User,
        session_id: uuid.UUID,
        refresh_token: str,
        signed_in_at: int,
        asked_by: str,
    ) -> dict[str, Any]:
        now = int(time.time())
        expires_at = now + self._settings.token_seconds
        method = "anonymous" if user.is_anonymous else "password"
        claims = {
            "iss": f"{self._settings.url}/auth/v1",
            "sub": str(user.id),
            "aud": user.aud or self._settings.audience,
            "exp": expires_at,
            "iat": now,
            "email": user.email or "",
            "phone": "",
            "app_metadata": user.app_metadata,
            "user_metadata": user.user_metadata,
            "role": user.role or "authenticated",
            "aal": "aal1",
            "amr": [{"method": method, "timestamp": signed_in_at}],
            "session_id": str(session_id),
            "is_anonymous": user.is_anonymous,
        }
        if self._settings.access_token_hook is not None:
            claims = await hook.claims_of(
                self._settings.access_token_hook, conn, user.id, claims, asked_by
            )
        return {
            "access_token": self._authority.sign(claims),
            "token_type": "bearer",
            "expires_in": self._settings.token_seconds,
            "expires_at": expires_at,
            "refresh_token": refresh_token,
            "user": user.as_json(),
        }


def _seconds(at: datetime | None) -> int:
    return int(time.time()) if at is None else int(at.timestamp())
