"""The users in auth.users, and what clients are shown of them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from pypot_cli.api.auth import passwords
from pypot_cli.api.auth.errors import AuthError, invalid, wrong_credentials
from pypot_cli.api.database import Connection, query

_EMAIL = re.compile(r"[^@\s\x00-\x20<>(),;:\"\[\]\\]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_LONGEST_EMAIL = 255


@dataclass(frozen=True)
class User:
    """A row of auth.users that was not deleted."""

    id: uuid.UUID
    aud: str | None
    role: str | None
    email: str | None
    encrypted_password: str | None
    email_confirmed_at: datetime | None
    last_sign_in_at: datetime | None
    app_metadata: dict[str, Any]
    user_metadata: dict[str, Any]
    created_at: datetime | None
    updated_at: datetime | None
    is_anonymous: bool
    banned_until: datetime | None
    is_banned: bool

    def as_json(self) -> dict[str, Any]:
        """What GoTrue shows the user of themselves."""
        shown = {
            "id": str(self.id),
            "aud": self.aud or "authenticated",
            "role": self.role or "authenticated",
            "email": self.email or "",
            "email_confirmed_at": _time(self.email_confirmed_at),
            "phone": "",
            "confirmed_at": _time(self.email_confirmed_at),
            "last_sign_in_at": _time(self.last_sign_in_at),
            "app_metadata": self.app_metadata,
            "user_metadata": self.user_metadata,
            "identities": self._identities(),
            "created_at": _time(self.created_at),
            "updated_at": _time(self.updated_at),
            "banned_until": _time(self.banned_until),
            "is_anonymous": self.is_anonymous,
        }
        return {name: value for name, value in shown.items() if value is not None}

    def _identities(self) -> list[dict[str, Any]]:
        """The one identity there is here: the e-mail address."""
        if not self.email:
            return []
        return [
            {
                "identity_id": str(uuid.uuid5(self.id, "email")),
                "id": str(self.id),
                "user_id": str(self.id),
                "identity_data": _identity_data(self.id, self.email),
                "provider": "email",
                "last_sign_in_at": _time(self.last_sign_in_at),
                "created_at": _time(self.created_at),
                "updated_at": _time(self.updated_at),
                "email": self.email,
            }
        ]


def _identity_data(user_id: uuid.UUID, email: str) -> dict[str, Any]:
    return {"email": email, "email_verified": True, "phone_verified": False, "sub": str(user_id)}


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def checked_email(text: str) -> str:
    """The address in lower case; raises validation_failed."""
    email = text.strip().lower()
    if len(email) > _LONGEST_EMAIL or _EMAIL.fullmatch(email) is None:
        raise invalid("Unable to validate email address: invalid format")
    return email


async def by_id(conn: Connection, user_id: uuid.UUID) -> User | None:
    """The user of an id."""
    return await _one(conn, "user_by_id", {"id": user_id})


async def by_email(conn: Connection, email: str) -> User | None:
    """The user of an address, in any case of letters."""
    return await _one(conn, "user_by_email", {"email": email.strip().lower()})


async def _one(conn: Connection, name: str, values: Mapping[str, Any]) -> User | None:
    async with conn.cursor(row_factory=class_row(User)) as cursor:
        await cursor.execute(query(f"api_auth_{name}"), values)
        return await cursor.fetchone()


async def sign_up(
    conn: Connection, email: str | None, digest: str | None, data: Mapping[str, Any]
) -> User:
    """A new user; anonymous without an address. Raises user_already_exists."""
    user_id = uuid.uuid4()
    own = {} if email is None else {"provider": "email", "providers": ["email"]}
    about = {} if email is None else _identity_data(user_id, email)
    cursor = await conn.execute(
        query("api_auth_insert_user"),
        {
            "id": user_id,
            "email": email,
            "encrypted_password": digest,
            "app_metadata": Jsonb(own),
            "user_metadata": Jsonb({**data, **about}),
            "is_anonymous": email is None,
        },
    )
    if await cursor.fetchone() is None:
        raise AuthError(422, "user_already_exists", "User already registered")
    user = await by_id(conn, user_id)
    if user is None:
        raise LookupError("a user who was just made")
    return user


async def authenticate(user: User | None, password: str) -> User:
    """The user, whose password it is. Raises invalid_credentials or user_banned."""
    right = await passwords.matches(password, user.encrypted_password if user else None)
    if user is None or not right:
        raise wrong_credentials()
    if user.is_banned:
        raise AuthError(400, "user_banned", "User is banned")
    return user


@dataclass(frozen=True)
class Changes:
    """What a user wants to be different; None stays as it is."""

    email: str | None = None
    digest: str | None = None
    data: Mapping[str, Any] | None = None


async def change(conn: Connection, user: User, changes: Changes) -> User:
    """Changes the user; a key of `data` that is null goes. Raises email_exists."""
    about = dict(user.user_metadata)
    for key, value in (changes.data or {}).items():
        about[key] = value
    if changes.email is not None:
        taken = await by_email(conn, changes.email)
        if taken is not None and taken.id != user.id:
            raise AuthError(
                422,
                "email_exists",
                "A user with this email address has already been registered",
            )
        about |= _identity_data(user.id, changes.email)
    await conn.execute(
        query("api_auth_update_user"),
        {
            "id": user.id,
            "email": changes.email,
            "encrypted_password": changes.digest,
            "user_metadata": Jsonb({k: v for k, v in about.items() if v is not None}),
            "app_metadata": Jsonb(
                {**user.app_metadata, "provider": "email", "providers": ["email"]}
            )
            if changes.email is not None
            else None,
        },
    )
    changed = await by_id(conn, user.id)
    if changed is None:
        raise AuthError(403, "user_not_found", "User from sub claim in JWT does not exist")
    return changed
