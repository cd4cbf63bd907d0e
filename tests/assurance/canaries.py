"""The harness of canaries: secrets that were used are nowhere but where they may be kept.

A seed, a private key, addresses, devices, e-mails, passwords, tokens and secrets of webhooks go
through the database and the API as they do in service, refused and accepted. Then they are searched
for, as text, in either case of hexadecimal and as bytes: in a dump, table by table; in every file
of the data directory, the write-ahead log and the server's log among them; in what the statistics
views show; in the API's log, its answers and its description of itself; in the command lines of all
processes and the environments of ours. Statements are logged as our own server is configured.
"""

from __future__ import annotations

import base64
import contextlib
import os
import re
import secrets
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
from cryptography.hazmat.primitives import serialization

from pypot_cli.assure import Harness, Run
from pypot_cli.db.binaries import embedded
from tests.support.database import Database, player_claims
from tests.support.game import Game
from tests.support.own_server import OwnServer, children, own_server
from tests.support.served import Served, served

SETTINGS = {"shared_preload_libraries": "pg_stat_statements", "wal_compression": "off"}
_VIEWS = (
    "pg_stat_statements",
    "pg_stat_activity",
    "pg_stat_all_tables",
    "pg_stats",
    "pg_locks",
    "pg_prepared_statements",
    "pg_cursors",
    "pg_stat_progress_copy",
    "pg_file_settings",
    "pg_settings",
    "pg_stat_replication",
    "pg_replication_slots",
    "pg_seclabels",
)


@dataclass(frozen=True)
class Canary:
    """A secret: `needles` are how it could stand anywhere, `tables` those that may hold it."""

    kind: str
    needles: tuple[bytes, ...]
    tables: frozenset[str] = frozenset()


def _of_text(kind: str, text: str, *tables: str) -> Canary:
    data = text.encode()
    return Canary(
        kind, (data, data.hex().encode(), base64.b64encode(data).rstrip(b"=")), frozenset(tables)
    )


def _of_bytes(kind: str, data: bytes, *tables: str) -> Canary:
    # The head alone, so that a place which cuts long texts off is found too.
    head = data.hex()[:24]
    needles = (head.encode(), head.upper().encode(), data[:12], base64.b64encode(data)[:16])
    return Canary(kind, needles, frozenset(tables))


@dataclass
class Used:
    """A server on which the canaries were used."""

    server: OwnServer
    api: Served
    canaries: list[Canary] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)


def use(server: OwnServer, api: Served, game: Game) -> Used:
    """Uses every canary as it is used in service."""
    used = Used(server, api)
    mark = secrets.token_hex(6)
    email, password = f"canary-{mark}@example.com", f"password-{mark}"
    address, device = f"198.51.100.{secrets.randbelow(200) + 20}", f"device-{mark}"
    key = game.settlement_key.private_bytes(
        serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    )
    with httpx.Client(base_url=api.url, timeout=60) as http:
        # A person signs up, in and plays; an orchestrator, a signer and an operator work.
        made = http.post("/auth/v1/signup", json={"email": email, "password": password})
        session = made.json()
        user_id = uuid.UUID(session["user"]["id"])
        tokens = [session["access_token"], api.token({**player_claims(user_id), "exp": 600})]
        game.fund(user_id, 100)
        pot_id, settling = game.pot(), game.pot(max_tickets=1)
        for token in tokens:
            headers = {
                "Authorization": f"Bearer {token}",
                "X-Device-Id": device,
                "X-Forwarded-For": address,
            }
            for function, arguments in (
                ("join_pot", {"pot_id": pot_id, "ticket_count": 1}),
                ("join_pot", {"pot_id": pot_id, "ticket_count": 10_000}),
                ("join_pot", {"pot_id": "none", "ticket_count": 1}),
                ("list_pots", {}),
                ("my_wallet", {}),
            ):
                answer = http.post(f"/rest/v1/rpc/{function}", json=arguments, headers=headers)
                used.answers.append(answer.content)
        player = game.again(user_id)
        player.headers = {"cf-connecting-ip": address, "x-device-id": device}
        assert player.join(settling)["ticket_count"] == 1
        used.answers += [http.get(path).content for path in ("/rest/v1/", "/", "/health")]
    game.to_settling(settling)
    good = game.reveal_arguments(settling)
    for wrong in ({"settlement_signature": "00" * 64}, {"pot_id": pot_id}, {"reveal_seed": "x"}):
        game.signer.attempt("reveal_pot", **{**good, **wrong})
    with contextlib.suppress(psycopg.Error):
        game.signer.call("reveal_pot", **{**good, "pot_id": "no uuid"})
    hook = game.service.call("create_webhook", url="https://hooks.example/")
    game.service.call("test_webhook", webhook_id=hook["webhook_id"])
    game.caller("pot_webhooks").call("claim_deliveries")
    used.canaries = [
        *(_of_bytes("a seed", game.seeds[each]) for each in (pot_id, settling)),
        _of_bytes("a private key", key),
        _of_text("an e-mail", email, "auth.users"),
        _of_text("a password", password),
        _of_text("a device", device),
        _of_text("the key of tokens", api.secret),
        *(_of_text("a token", each.rpartition(".")[2][:40]) for each in tokens),
        _of_text("a secret of a webhook", hook["secret"][6:30], "private.webhook_secrets"),
        Canary("an address", (address.encode(),)),
    ]
    return used


# ---------------------------------------------------------------------------------------- searching


def found(used: Used) -> list[str]:
    """Where a canary is that may not be there: `an e-mail is in the server's log`."""
    with used.server.db.admin() as conn:
        conn.execute("checkpoint")
    problems = []
    for place, tables, content in (*_dump(used), *_files(used), *_views(used), *_others(used)):
        for canary in used.canaries:
            if tables is not None and canary.tables & tables:
                continue
            if any(needle in content for needle in canary.needles):
                problems.append(f"{canary.kind} is in {place}")
    return list(dict.fromkeys(problems))


_Places = Iterator[tuple[str, frozenset[str] | None, bytes]]


def _dump(used: Used) -> _Places:
    done = subprocess.run(
        [embedded().tool("pg_dump"), "--dbname", used.server.cluster.admin_url()],
        capture_output=True,
        check=True,
    )
    pieces = re.split(rb"^COPY (\S+) .*$", done.stdout, flags=re.MULTILINE)
    yield "the dump's head", None, pieces[0]
    for table, rows in zip(pieces[1::2], pieces[2::2], strict=True):
        name = table.decode()
        yield f"the dump of {name}", frozenset([name]), rows


def _files(used: Used) -> _Places:
    """The data directory; a file of a table, its indexes and its TOAST counts as the table's."""
    with used.server.db.admin() as conn:
        rows = conn.execute(
            "select pg_relation_filepath(f.oid),"
            " format('%s.%s', t.relnamespace::regnamespace, t.relname) from pg_class as t"
            " cross join lateral (select t.oid union all select t.reltoastrelid union all"
            " select i.indexrelid from pg_index as i where i.indrelid in (t.oid, t.reltoastrelid)"
            ") as f where t.relkind in ('r', 'm') and pg_relation_filepath(f.oid) is not null"
        ).fetchall()
    owners = dict(rows)
    kept = frozenset(table for canary in used.canaries for table in canary.tables)
    root = used.server.cluster.data_dir
    for file in root.rglob("*"):
        path = str(file.relative_to(root))
        with contextlib.suppress(OSError):
            if not file.is_file() or file.is_symlink():
                continue
            content = file.read_bytes()
            if path.startswith("pg_wal"):
                # What a table may hold is written there first.
                yield "the write-ahead log", kept, content
            else:
                owner = owners.get(re.sub(r"(?:\.\d+|_\w+)$", "", path), path)
                yield f"a file of {owner}", frozenset([owner]), content


def _views(used: Used) -> _Places:
    with used.server.db.admin() as conn:
        for view in _VIEWS:
            rows = conn.execute(f"select t::text from {view} as t".encode()).fetchall()
            yield view, None, "\n".join(row[0] for row in rows).encode()


def _others(used: Used) -> _Places:
    yield "the API's log", None, used.api.log.encode()
    yield "an answer of the API", None, b"\n".join(used.answers)
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield "a command line", None, place.read_bytes()
    server = int((used.server.cluster.data_dir / "postmaster.pid").read_text().split()[0])
    for pid in (server, *children(server), used.api.pid, os.getpid()):
        with contextlib.suppress(OSError):
            content = Path(f"/proc/{pid}/environ").read_bytes()
            # The API is given its key there, as documented.
            yield "an environment", None, content.replace(used.api.secret.encode(), b"")


@contextlib.contextmanager
def staged(directory: Path) -> Iterator[Used]:
    """A server and an API on which every canary was used."""
    with own_server(SETTINGS) as server, contextlib.closing(Game(server.db)) as game:
        with server.db.admin() as admin:
            admin.execute("create extension pg_stat_statements")
        with served(Database(server.cluster, 17, "postgres"), directory / "api.log") as api:
            yield use(server, api, game)


def run(going: Run) -> None:
    """Once."""
    with tempfile.TemporaryDirectory() as directory, staged(Path(directory)) as used:
        going.figure("canaries", len(used.canaries))
        for sentence in found(used):
            going.fail(sentence)


HARNESS = Harness(
    name="canaries",
    what=(
        "Seeds, keys, tokens, e-mails, addresses and devices are used, then searched for in dump, "
        "files, logs, statistics, answers and process lists: each is where it may be kept alone"
    ),
    minutes=2,
    threats=(22,),
    controls=("tests/assurance/test_canaries.py::test_a_canary_that_is_let_out_is_found",),
    run=run,
)
