"""Webhooks of a test: who manages them, deliverers as processes, events to deliver."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook

from pypot_cli.rpc import Api, Caller, login_url
from tests.support.database import Database
from tests.support.receiver import Received, Receiver

OPERATOR = Caller("service_role")
WEBHOOKS = Caller("pot_webhooks")
PATIENCE_SECONDS = 60.0


class Hooks:
    """The webhooks of one database, and the deliverers that were started."""

    def __init__(self, db: Database, directory: Path) -> None:
        self.db = db
        self.api = Api(login_url(db.url()))
        self.directory = directory
        self.secrets: dict[str, str] = {}
        self._running: list[subprocess.Popen[bytes]] = []

    def add(self, receiver: Receiver | str, **terms: Any) -> str:
        """A webhook to a receiver or address; its id."""
        url = receiver if isinstance(receiver, str) else receiver.url
        made = self.api.call(OPERATOR, "create_webhook", url=url, **terms)
        self.secrets[made["webhook_id"]] = made["secret"]
        return str(made["webhook_id"])

    def emit(self, count: int = 1, *, pot_id: str | None = None, kind: str = "pot_joined") -> None:
        """As many events of one pot, each committed by itself."""
        with self.db.connect() as conn:
            for _ in range(count):
                conn.execute("select private.log_event(%s, %s, '{}')", (kind, pot_id))

    def emit_in_vain(self) -> None:
        """An event of a transaction that is rolled back."""
        with self.db.connect(autocommit=False) as conn:
            conn.execute("select private.log_event('never', %s, '{}')", (str(uuid.uuid4()),))
            conn.rollback()

    def event_ids(self) -> list[str]:
        """The ids of all events that there are, in order of their position."""
        with self.db.admin() as conn:
            rows = conn.execute(
                "select e.event_id::text from private.events as e "
                "left join private.event_positions as p on p.id = e.id order by p.position"
            )
            return [row[0] for row in rows]

    def rows(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """What a statement returns to the superuser."""
        with self.db.admin() as conn:
            return conn.execute(statement.encode(), parameters).fetchall()

    def deliveries(self, **arguments: Any) -> list[dict[str, Any]]:
        """As list_webhook_deliveries, of all."""
        return self.api.rows(OPERATOR, "list_webhook_deliveries", page_size=1000, **arguments)

    def start(
        self,
        *arguments: str,
        ports: Iterable[int] = (),
        crash_at: str = "",
        trust: Path | None = None,
    ) -> subprocess.Popen[bytes]:
        """A deliverer as a process, that may connect to this machine."""
        allowed = [word for port in ports for word in ("--allow-port", str(port))]
        environment = {
            "PATH": os.environ["PATH"],
            "PYPOT_DB_URL": self.db.url(),
            "PYPOT_CRASH_AT": crash_at,
            **({"SSL_CERT_FILE": str(trust)} if trust else {}),
        }
        with (self.directory / "deliver.log").open("ab") as log:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "pypot_cli", "deliver", *arguments, *allowed),
                    *("--allow-network", "127.0.0.0/8", "--allow-network", "::1/128"),
                    *([] if trust else ["--allow-insecure"]),
                ],
                env=environment,
                stdout=log,
                stderr=log,
            )
        self._running.append(process)
        return process

    def logged(self) -> list[dict[str, Any]]:
        """What the deliverers have logged."""
        lines = (self.directory / "deliver.log").read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def stop(self) -> None:
        """End all of them."""
        for process in reversed(self._running):
            process.terminate()
        for process in reversed(self._running):
            process.wait(PATIENCE_SECONDS)
        self.api.close()


def verify(received: Received, secret: str) -> dict[str, Any]:
    """What a receiver has after checking, by the library. Raises WebhookVerificationError."""
    message: dict[str, Any] = Webhook(secret).verify(received.body, received.headers)
    return message
