"""The custom access token hook: a function of the database that has the last word on claims.

As with GoTrue it gets `{user_id, claims, authentication_method}` before a token is signed, has two
seconds, and its answer's claims are signed if none of those is missing that a token needs.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from pypot_cli.api.auth.errors import AuthError
from pypot_cli.api.database import Connection, query
from pypot_cli.api.settings import Hook

_NEEDED = (
    "aud",
    "exp",
    "iat",
    "sub",
    "email",
    "phone",
    "role",
    "aal",
    "session_id",
    "is_anonymous",
)


async def claims_of(
    hook: Hook, conn: Connection, user_id: uuid.UUID, claims: Mapping[str, Any], method: str
) -> dict[str, Any]:
    """The claims to sign. Raises AuthError: the hook refuses, fails, or leaves some out.

    In a database without our migrations the function is not there, and nothing is changed.
    """
    event = {"user_id": str(user_id), "claims": claims, "authentication_method": method}
    function = sql.Identifier(hook.schema, hook.name)
    cursor = await conn.execute(
        query("api_auth_hook_exists"), {"function": f"{function.as_string()}(jsonb)"}
    )
    if await cursor.fetchone() != (True,):
        return dict(claims)
    try:
        async with conn.transaction():
            await conn.execute("set local statement_timeout to '2s'")
            cursor = await conn.execute(sql.SQL("select {}(%s)").format(function), [Jsonb(event)])
            row = await cursor.fetchone()
            await conn.execute("set local statement_timeout to default")
    except psycopg.Error as error:
        raise _failed(f"Error running hook URI: {hook.uri}") from error
    answer = row[0] if row and isinstance(row[0], dict) else {}
    refusal = answer.get("error")
    if isinstance(refusal, dict) and refusal.get("message"):
        status = refusal.get("http_code") or 500
        raise AuthError(status, "unexpected_failure", str(refusal["message"]))
    found = answer.get("claims")
    if not isinstance(found, dict):
        raise _failed("output claims field is missing")
    missing = [f"- (root): {name} is required" for name in _NEEDED if name not in found]
    if missing:
        told = "output claims do not conform to the expected schema: "
        raise _failed("\n".join([told, *missing]))
    return found


def _failed(message: str) -> AuthError:
    return AuthError(500, "unexpected_failure", message)
