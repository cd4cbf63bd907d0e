"""A webhook's secret is nowhere on the server but in the one table, or the Vault, that keeps it.

It is made, rotated, claimed and signed with while everything is logged. Whoever makes or rotates
it is answered with it, and whoever delivers has it to sign: no statement's text, no log, no
statistics, no other table and no event ever holds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from psycopg import sql

from tests.security.test_canary_seed import EVERYTHING_IS_LOGGED
from tests.support.own_server import OwnServer, own_server
from tests.support.receiver import receiving
from tests.support.webhooks import OPERATOR, PATIENCE_SECONDS, Hooks, verify


@dataclass
class Used:
    """A server on which secrets were used in every way there is."""

    server: OwnServer
    secrets: list[str]
    deliverer_log: str

    @property
    def needles(self) -> list[bytes]:
        """Each as it could stand anywhere; the head alone, where long texts are cut off."""
        return [secret[6:30].encode() for secret in self.secrets]


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Used]:
    directory = tmp_path_factory.mktemp("hooks")
    with own_server(EVERYTHING_IS_LOGGED) as server:
        with server.db.admin() as admin:
            admin.execute("create extension pg_stat_statements")
        hooks = Hooks(server.db, directory)
        with receiving() as receiver:
            webhook_id = hooks.add(receiver)
            rotated = hooks.api.call(OPERATOR, "rotate_webhook_secret", webhook_id=webhook_id)
            hooks.emit(3)
            assert deliver(hooks, receiver.port) == 0
            assert verify(receiver.received[0], rotated["secret"])
            receiver.answer = 500
            hooks.emit(1)
            assert deliver(hooks, receiver.port) == 1
        secrets = [hooks.secrets[webhook_id], rotated["secret"]]
        hooks.stop()
        yield Used(server, secrets, (directory / "deliver.log").read_text())


def deliver(hooks: Hooks, port: int) -> int:
    return hooks.start("--once", ports=[port]).wait(PATIENCE_SECONDS)


def assert_absent(used: Used, haystack: bytes, place: str) -> None:
    assert haystack, f"{place} is empty, so nothing is proven"
    assert not [each for each in used.needles if each in haystack], f"a secret is in {place}"


def test_one_table_alone_holds_the_secrets(used: Used) -> None:
    holding = set()
    with used.server.db.admin() as admin:
        tables = admin.execute(
            "select n.nspname, c.relname from pg_class as c "
            "inner join pg_namespace as n on c.relnamespace = n.oid "
            "where c.relkind in ('r', 'm') and n.nspname !~ '^pg_toast'"
        ).fetchall()
        for schema, table in tables:
            statement = sql.SQL("copy (select t::text from {} as t) to stdout").format(
                sql.Identifier(schema, table)
            )
            with admin.cursor() as cursor, cursor.copy(statement) as copy:
                text = b"".join(bytes(block) for block in copy)
            if any(each in text for each in used.needles):
                holding.add(f"{schema}.{table}")
    assert holding == {"private.webhook_secrets"}


def test_the_log_holds_the_calls_and_no_secret(used: Used) -> None:
    log = used.server.log
    for function in ("create_webhook", "rotate_webhook_secret", "claim_deliveries"):
        assert function in log
    assert_absent(used, log.encode(), "the server's log")


def test_the_statistics_hold_the_calls_and_no_secret(used: Used) -> None:
    with used.server.db.admin() as admin:
        rows = admin.execute("select t::text from pg_stat_statements as t").fetchall()
    text = "\n".join(row[0] for row in rows)
    assert "webhook_secrets" in text
    assert_absent(used, text.encode(), "pg_stat_statements")


def test_the_deliverer_logs_no_secret_and_no_address(used: Used) -> None:
    assert '"event": "delivered"' in used.deliverer_log
    assert '"event": "delivery_failed"' in used.deliverer_log
    assert_absent(used, used.deliverer_log.encode(), "the deliverer's log")
    assert "/hook" not in used.deliverer_log
