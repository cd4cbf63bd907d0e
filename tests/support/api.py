"""A running local API over a test's database, on a port of its own, and what calls it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from pypot_cli.api.app import PartMaker
from pypot_cli.api.server import Server, listen
from pypot_cli.api.settings import LOCAL_JWT_SECRET, Settings
from pypot_cli.api.tokens import Authority
from tests.support.database import Database

PASSWORD = "correct horse"  # noqa: S105
_START_SECONDS = 20


class Api:
    """One running server; `http` calls it, `settings` are its own."""

    def __init__(self, settings: Settings, db: Database) -> None:
        self.settings = settings
        self.db = db
        self.url = settings.url
        self.authority = Authority(settings)
        self.anon_key = self.authority.legacy_key("anon")
        self.service_key = self.authority.legacy_key("service_role")
        self.http = httpx.Client(base_url=self.url, timeout=30)

    def rpc(
        self, function: str, body: Any = None, *, token: str | None = None, **headers: str
    ) -> httpx.Response:
        """Calls a function by POST."""
        return self.http.post(
            f"/rest/v1/rpc/{function}", json=body or {}, headers={**bearer(token), **headers}
        )

    def get(self, path: str, *, token: str | None = None, **headers: str) -> httpx.Response:
        """Reads below /rest/v1."""
        return self.http.get(f"/rest/v1/{path}", headers={**bearer(token), **headers})

    def auth(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, **headers: str
    ) -> httpx.Response:
        """Calls below /auth/v1."""
        content = {} if body is None else {"json": body}
        return self.http.request(
            method, f"/auth/v1/{path}", headers={**bearer(token), **headers}, **content
        )

    def sign_up(self, email: str) -> dict[str, Any]:
        """A new user's session, with PASSWORD."""
        response = self.auth("POST", "signup", {"email": email, "password": PASSWORD})
        assert response.status_code == 200, response.text
        session: dict[str, Any] = response.json()
        return session


def bearer(token: str | None) -> dict[str, str]:
    """The header that sends a token."""
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def hs256(claims: Mapping[str, Any], secret: str = LOCAL_JWT_SECRET, **headers: Any) -> str:
    """A token signed with the shared secret; `exp` is in seconds from now."""
    made = dict(claims)
    if type(made.get("exp")) is int:
        made["exp"] += int(time.time())
    return jwt.encode(made, secret, algorithm="HS256", headers=headers or None)


@contextlib.contextmanager
def running(db: Database, parts: Sequence[PartMaker] = (), **changes: Any) -> Iterator[Api]:
    """Serves `db` until the block ends; `changes` are fields of Settings."""
    listener = listen(0)
    port = listener.getsockname()[1]
    settings = Settings(
        **{
            "database_url": db.url("postgres"),
            "signing_key": ec.generate_private_key(ec.SECP256R1()),
            "signing_kid": "k1",
            "url": f"http://127.0.0.1:{port}",
            **changes,
        }
    )
    server = Server(settings, listener, parts)
    thread = threading.Thread(target=server.serve_until_stopped, daemon=True)
    thread.start()
    deadline = time.monotonic() + _START_SECONDS
    while not server.started:
        assert thread.is_alive(), "the API did not start"
        assert time.monotonic() < deadline, "the API did not start in time"
        time.sleep(0.02)
    api = Api(settings, db)
    try:
        yield api
    finally:
        api.http.close()
        server.should_exit = True
        thread.join(_START_SECONDS)
        assert not thread.is_alive(), "the API did not stop"
