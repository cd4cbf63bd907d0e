"""The harness of canaries: secrets that were used are nowhere but where they may be kept.

A seed, a private key, addresses, devices, e-mails, passwords, tokens and secrets of webhooks go
through the database and the API as they do in service, refused and accepted; then both services
work on the database with keys of their own. Then all is searched for, as text, in either case of
hexadecimal and as bytes: in a dump, table by table; in every file of the data directory and the
server's log; in each record of the write-ahead log, by the relation that it is about; in what the
statistics views show and `pypot metrics` prints; in the API's log, its answers and its description
of itself; in the services' logs and journal; in the command lines of all processes and the
environments of ours. Statements are logged as our own server is configured.
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
from cryptography.hazmat.primitives import serialization

from pypot_cli.assure import Harness, Run
from pypot_cli.db.binaries import embedded
from pypot_cli.fairness import signing
from pypot_cli.keys import write_new_secret
from pypot_cli.seeds import derive_seed
from tests.support.at_work import services
from tests.support.database import Database, player_claims
from tests.support.game import Game
from tests.support.own_server import OwnServer, children, own_server
from tests.support.served import Served, served

SETTINGS = {
    "shared_preload_libraries": "pg_stat_statements",
    "wal_compression": "off",
    # All of it, so that every record is there when it is searched.
    "wal_keep_size": "4GB",
}
_PATIENCE_SECONDS = 90.0
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
    place: Path
    """Where the API and the services keep their logs, and the services their keys and journal."""
    begun_at: str
    """Where the write-ahead log was before."""
    canaries: list[Canary] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)


def use(server: OwnServer, api: Served, game: Game, place: Path) -> Used:
    """Uses every canary as it is used in service."""
    used = Used(server, api, place, _wal_position(server))
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


@contextlib.contextmanager
def at_work(used: Used, game: Game) -> Iterator[None]:
    """Both services as processes until the block ends, on a pot that settles and one that is open.

    Their keys are canaries, and so is the seed of the open pot, which stays unrevealed.
    """
    keys = {name: write_new_secret(used.place / name) for name in "osm"}
    for purpose, name in (("orchestrator", "o"), ("settlement", "s")):
        public = signing.public_key(keys[name].reveal()).hex()
        game.service.call("register_signing_key", purpose=purpose, public_key=public)

    def ended(why: str) -> None:
        raise AssertionError(why)

    url = Database(used.server.cluster, 17, "postgres").url("postgres")
    with services(url, used.place, ended):
        _wait(lambda: "minted" in (used.place / "settle.log").read_text())
        open_, settled = (_pot_of_the_stock(game, max_tickets=tickets) for tickets in (2, 1))
        player = game.player(funds=100)
        assert all(player.join(pot_id)["ticket_count"] == 1 for pot_id in (open_, settled))
        _wait(lambda: game.status(settled) == "settled")
        seed = derive_seed(keys["m"], uuid.UUID(open_))
        used.canaries += [
            *(_of_bytes("a service's key", each.reveal()) for each in keys.values()),
            _of_bytes("a seed of the signer's", seed.reveal()),
        ]
        yield


def _pot_of_the_stock(game: Game, max_tickets: int) -> str:
    pot_id: str = game.orchestrator.call(
        "create_pot",
        entry_cost=10,
        max_tickets=max_tickets,
        max_per_user=max_tickets,
        min_participants=1,
        fill_seconds=3600,
        draw_version=1,
    )["pot_id"]
    return pot_id


def _wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not until():
        assert time.monotonic() < deadline, "the services do not work"
        time.sleep(0.05)


def _wal_position(server: OwnServer) -> str:
    with server.db.admin() as conn:
        row = conn.execute("select pg_switch_wal(), pg_current_wal_insert_lsn()").fetchone()
        assert row is not None
        return str(row[1])


# ---------------------------------------------------------------------------------------- searching


def found(used: Used) -> list[str]:
    """Where a canary is that may not be there: `an e-mail is in the server's log`."""
    with used.server.db.admin() as conn:
        conn.execute("checkpoint")
    problems = []
    places = (_dump, _files, _wal, _views, _metrics, _services, _others)
    for place, tables, content in itertools.chain.from_iterable(each(used) for each in places):
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
    owners = {path: owner for path, _, owner in _relations(used)}
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


def _relations(used: Used) -> list[tuple[str, int, str]]:
    """Path, number and owner of each file: of a table, its indexes, its TOAST and theirs."""
    with used.server.db.admin() as conn:
        return conn.execute(
            "select pg_relation_filepath(f.oid), pg_relation_filenode(f.oid)::bigint,"
            " format('%s.%s', t.relnamespace::regnamespace, t.relname) from pg_class as t"
            " cross join lateral (select t.oid union all select t.reltoastrelid union all"
            " select i.indexrelid from pg_index as i where i.indrelid in (t.oid, t.reltoastrelid)"
            ") as f where t.relkind in ('r', 'm') and pg_relation_filepath(f.oid) is not null"
        ).fetchall()


def _wal(used: Used) -> _Places:
    """The write-ahead log since it began, each record by the relations that it is about.

    pg_waldump tells where each record is and of what; its bytes are read from the files.
    """
    directory = used.server.cluster.data_dir / "pg_wal"
    with used.server.db.admin() as conn:
        row = conn.execute("select pg_current_wal_flush_lsn()::text").fetchone()
        assert row is not None
    done = subprocess.run(
        [
            *(embedded().tool("pg_waldump"), "--path", str(directory)),
            *("--start", used.begun_at, "--end", row[0]),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    segments = _Segments(directory)
    owners = {number: owner for _, number, owner in _relations(used)}
    contents: dict[frozenset[str], bytearray] = {}
    for line in done.stdout.splitlines():
        found = _WAL_RECORD.match(line)
        assert found is not None, line
        numbers = {int(each) for each in _WAL_RELATION.findall(line)}
        about = frozenset(owners.get(each, f"relation {each}") for each in numbers)
        record = segments.read(int(found[2], 16) << 32 | int(found[3], 16), int(found[1]))
        # Apart, so that nothing is found across two of them.
        contents.setdefault(about, bytearray()).extend(record + b"\0")
    assert contents, "the write-ahead log is empty, so nothing is proven"
    for about, content in contents.items():
        name = " and ".join(sorted(about)) or "no relation"
        yield f"the write-ahead log of {name}", about, bytes(content)


_WAL_RECORD = re.compile(
    r"rmgr: .*?len \(rec/tot\): +\d+/ *(\d+), .*?lsn: ([0-9A-F]+)/([0-9A-F]+),"
)
_WAL_RELATION = re.compile(r"blkref #\d+: rel \d+/\d+/(\d+)")
_PAGE, _SEGMENT = 8192, 16 * 2**20


class _Segments:
    """The files of a write-ahead log, in which a record is interrupted by the heads of pages."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._segments: dict[int, bytes] = {}

    def read(self, position: int, length: int) -> bytes:
        """The bytes of the record that begins there."""
        record = b""
        while len(record) < length:
            if position % _PAGE == 0:
                position += 40 if position % _SEGMENT == 0 else 24
            take = min(_PAGE - position % _PAGE, length - len(record))
            begin = position % _SEGMENT
            record += self._segment(position // _SEGMENT)[begin : begin + take]
            position += take
        return record

    def _segment(self, number: int) -> bytes:
        if number not in self._segments:
            of_a_log = 2**32 // _SEGMENT
            name = f"{1:08X}{number // of_a_log:08X}{number % of_a_log:08X}"
            self._segments[number] = (self._directory / name).read_bytes()
        return self._segments[number]


def _metrics(used: Used) -> _Places:
    url = Database(used.server.cluster, 17, "postgres").url("postgres")
    done = subprocess.run(
        [sys.executable, "-m", "pypot_cli", "metrics"],
        env={"PATH": os.environ["PATH"], "PYPOT_DB_URL": url},
        capture_output=True,
        check=True,
    )
    assert b"pots_joins_total" in done.stdout
    yield "the metrics", None, done.stdout + done.stderr


def _services(used: Used) -> _Places:
    """What the services left; the files of their keys are o, s and m."""
    for file in used.place.iterdir():
        if file.name not in ("o", "s", "m"):
            yield f"the file {file.name}", None, file.read_bytes()


def _views(used: Used) -> _Places:
    with used.server.db.admin() as conn:
        for view in _VIEWS:
            rows = conn.execute(f"select t::text from {view} as t".encode()).fetchall()
            yield view, None, "\n".join(row[0] for row in rows).encode()


def _others(used: Used) -> _Places:
    yield "an answer of the API", None, b"\n".join(used.answers)
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield "a command line", None, place.read_bytes()
    server = int((used.server.cluster.data_dir / "postmaster.pid").read_text().split()[0])
    for pid in (server, *children(server), os.getpid(), *children(os.getpid())):
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
            used = use(server, api, game, directory)
            with at_work(used, game):
                yield used


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
        "files, write-ahead log by relation, logs, statistics, metrics, answers and process lists: "
        "each is where it may be kept alone"
    ),
    minutes=2,
    threats=(22,),
    controls=("tests/assurance/test_canaries.py::test_a_canary_that_is_let_out_is_found",),
    run=run,
)
