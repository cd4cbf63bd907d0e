"""One database of a test, and the people who call it: real connections, claims as the API's."""

import contextlib
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from pypot_cli.db.cluster import ADMIN, Cluster
from pypot_cli.db.request import api_request


@dataclass(frozen=True)
class Database:
    """A fresh database with the Supabase layer, the migrations and pgTAP."""

    cluster: Cluster
    major: int
    name: str

    def url(self, role: str = "postgres") -> str:
        """The URL of a role that logs in: postgres, authenticator or supabase_admin."""
        if role == ADMIN:
            return self.cluster.admin_url(self.name)
        return self.cluster.url(role, self.name)

    def connect(
        self, role: str = "postgres", *, autocommit: bool = True
    ) -> psycopg.Connection[Any]:
        """A new connection of its own, closed by the caller (`with db.connect() as conn`)."""
        return psycopg.connect(self.url(role), autocommit=autocommit)

    def admin(self, *, autocommit: bool = True) -> psycopg.Connection[Any]:
        """A connection of the superuser."""
        return self.connect(ADMIN, autocommit=autocommit)

    @contextlib.contextmanager
    def as_role(
        self,
        role: str,
        claims: Mapping[str, Any] | None = None,
        *,
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[psycopg.Connection[Any]]:
        """One API request: a new connection, one transaction as `role`, committed at its end."""
        with (
            self.connect("authenticator") as conn,
            api_request(conn, role, claims, method=method, headers=headers),
        ):
            yield conn

    @contextlib.contextmanager
    def as_player(
        self, user_id: uuid.UUID, *, headers: Mapping[str, str] | None = None, **claims: Any
    ) -> Iterator[psycopg.Connection[Any]]:
        """One API request of a signed-in user."""
        with self.as_role("authenticated", player_claims(user_id, **claims), headers=headers) as c:
            yield c

    def rpc(
        self,
        function: str,
        arguments: Mapping[str, Any] | None = None,
        *,
        role: str = "authenticated",
        claims: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Calls public.<function> with named arguments in one request and returns its value."""
        with self.as_role(role, claims, headers=headers) as conn:
            return call(conn, function, arguments)

    def make_user(self, email: str | None = None, **columns: Any) -> uuid.UUID:
        """Signs a user up as GoTrue would leave them, and returns the id."""
        user_id = columns.pop("id", None) or uuid.uuid4()
        row = {
            "id": user_id,
            "instance_id": uuid.UUID(int=0),
            "aud": "authenticated",
            "role": "authenticated",
            "email": email or f"{user_id}@example.com",
            "raw_app_meta_data": json.dumps({"provider": "email", "providers": ["email"]}),
            "raw_user_meta_data": "{}",
            **columns,
        }
        statement = sql.SQL(
            "insert into auth.users ({}, email_confirmed_at, created_at, updated_at)"
            " values ({}, now(), now(), now())"
        ).format(
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(map(sql.Placeholder, row)),
        )
        with self.admin() as conn:
            conn.execute(statement, row)
        return user_id


def player_claims(user_id: uuid.UUID, **claims: Any) -> dict[str, Any]:
    """The claims that GoTrue puts into a signed-in user's token."""
    return {
        "sub": str(user_id),
        "aud": "authenticated",
        "role": "authenticated",
        "is_anonymous": False,
        **claims,
    }


def call(
    conn: psycopg.Connection[Any], function: str, arguments: Mapping[str, Any] | None = None
) -> Any:
    """Calls public.<function> with named arguments on a connection that is inside a request."""
    arguments = {
        name: json.dumps(value) if isinstance(value, dict | list) else value
        for name, value in (arguments or {}).items()
    }
    statement = sql.SQL("select public.{}({})").format(
        sql.Identifier(function),
        sql.SQL(", ").join(
            sql.SQL("{} => {}").format(sql.Identifier(name), sql.Placeholder(name))
            for name in arguments
        ),
    )
    row = conn.execute(statement, arguments).fetchone()
    return None if row is None else row[0]
