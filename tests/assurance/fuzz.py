"""The harness that fuzzes the API: every function and argument, over HTTP, with hostile values.

Rounds, each on a database of its own behind a `pypot api` of its own: several connections at once,
callers of every role with valid tokens. First each value of the catalogue in
`tests.support.hostile` for each argument of each function, in an order by the seed, and among these
what is made at random: values, bodies, headers, query strings, requests that are none.

An answer is right when docs/error-codes.md has its error and nothing in it tells of the inside. The
slowest ones are asked again when nobody else asks, and judged by the time that the database takes
and the processor time of the API, the best of three: slow is what is slow by itself, and not
because the machine was busy. What was `busy` is asked again as well, since a defect is told as busy
too. After a round the logs of the server and of the API hold no secret and no error from inside,
and every invariant of `pypot check` holds.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import random
import re
import secrets
import tempfile
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from psycopg import sql

from pypot_cli.assure import Harness, Run
from pypot_cli.check import check_database
from tests.support.database import Database, player_claims
from tests.support.documented import SHAPES, problem
from tests.support.game import Game
from tests.support.hostile import HOSTILE, LARGE, Field, Function, functions_of
from tests.support.own_server import OwnServer, own_server
from tests.support.plain_http import Line, NoReplyError, Reply, request
from tests.support.served import Served, served

CALLS_A_ROUND = 20_000
MOST_CALLS = 400_000
LINES = 9
SLOW_SECONDS = 1.0
_TRIES = 3
# Processes of the API side by side: one alone would be what everything waits for.
_APIS = 3
# The slowest answer of a function is asked for again, of so many functions a round.
_ASKED_AGAIN = 20
_BUSY = 503
# A round needs this long besides its calls: a database, an API, and to look at everything.
_AROUND_SECONDS = 25.0
_PLAYERS = 8
_OTHER_ROLE = 0.15

# States of the server's log are what tells an error from inside.
SETTINGS = {
    "fsync": "off",
    "log_line_prefix": "%m [%p] %e ",
    "shared_preload_libraries": "pg_stat_statements",
}
ROLES = (
    "anon", "authenticated", "service_role", "pot_orchestrator", "pot_settlement", "pot_beacon",
    "pot_compliance", "pot_treasury", "pot_events", "pot_webhooks",
)  # fmt: skip

# As large as a body may be; what is larger is refused before it is read, and tried beside these.
_MEGABYTE = 1024 * 1024
_INSTEAD = {
    "ten megabytes": '"' + "x" * (_MEGABYTE - 5_000) + '"',
    "ten megabytes of JSON": "[" + ",".join(["{}"] * 300_000) + "]",
}


# ------------------------------------------------------------------------------------ the calls


@dataclass(frozen=True)
class Call:
    """A request; `what` says which without its values, `triple` which entry of the catalogue."""

    what: str
    function: str
    sent: bytes
    triple: tuple[str, str, str] | None = None


class Maker:
    """Makes calls, all by the chances of one seed."""

    def __init__(
        self,
        chance: random.Random,
        field: Field,
        functions: Sequence[Function],
        api: Served,
        *,
        large: bool,
    ) -> None:
        """`large`: whether values of a megabyte are among them, which take most of the time."""
        self.triples = [
            (function.name, argument, label)
            for function in functions
            for argument, type_ in function.arguments
            for label in HOSTILE
            if label not in LARGE or (large and type_ in ("text", "jsonb"))
        ]
        chance.shuffle(self.triples)
        self._chance = chance
        self._field = field
        self._functions = {each.name: each for each in functions}
        self._names = list(self._functions)
        self._left = iter(self.triples)
        self._tokens = _tokens(field, api)
        self._kinds: list[Callable[[Function], Call]] = [
            self._at_random, self._at_random, self._by_get, self._with_a_query, self._with_headers,
            self._with_a_broken_body, self._no_request,
        ]  # fmt: skip

    @property
    def secrets(self) -> list[str]:
        """The signatures of the tokens that are sent."""
        return [token.rpartition(".")[2] for every in self._tokens.values() for token in every]

    def __iter__(self) -> Iterator[Call]:
        while True:
            triple = next(self._left, None) if self._chance.random() < 0.7 else None
            if triple is not None:
                yield self._of_catalogue(triple)
            else:
                function = self._functions[self._chance.choice(self._names)]
                kind = self._chance.choice(self._kinds)
                yield kind(function)

    # -------------------------------------------------------------------------------- of each kind

    def _of_catalogue(self, triple: tuple[str, str, str]) -> Call:
        function, argument, label = triple
        of = self._functions[function]
        values = {**self._good(of), argument: _INSTEAD.get(label, HOSTILE[label])}
        body = _object(values)
        return self._post(of, f"{argument}: {label}", body, triple=triple)

    def _at_random(self, function: Function) -> Call:
        values = self._good(function)
        for name, type_ in function.arguments:
            if self._chance.random() < 0.5:
                values[name] = self._value(type_)
            elif self._chance.random() < 0.1:
                del values[name]
        if self._chance.random() < 0.05:
            values[self._text(12)] = self._value("text")
        return self._post(function, "values at random", _object(values))

    def _by_get(self, function: Function) -> Call:
        pairs = [(name, self._plain_value(type_)) for name, type_ in function.arguments]
        if self._chance.random() < 0.3:
            pairs += [(self._chance.choice(_PARAMETERS), self._plain_value("text"))]
        query = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs)
        method = self._chance.choice(("GET", "GET", "GET", "HEAD", "PUT", "DELETE", "OPTIONS"))
        target = f"/rest/v1/rpc/{function.name}?{query}"[:15_000]
        return self._call(function, f"by {method}", method, target)

    def _with_a_query(self, function: Function) -> Call:
        chosen = [self._chance.choice(_QUERIES) for _ in range(self._chance.randint(1, 3))]
        query = "&".join(each.replace("@", _quoted(self._text(40))) for each in chosen)
        body = _object(self._good(function)).encode()
        return self._post(function, f"with ?{'&'.join(chosen)}", body, query=f"?{query}")

    def _with_headers(self, function: Function) -> Call:
        headers = []
        for _ in range(self._chance.randint(1, 4)):
            name, values = self._chance.choice(_HEADERS)
            value = self._chance.choice((*values, self._header_text()))
            headers.append((name, value))
        names = ", ".join(name for name, _ in headers)
        body = _object(self._good(function)).encode()
        return self._post(function, f"headers {names}", body, headers=headers)

    def _with_a_broken_body(self, function: Function) -> Call:
        body = _object(self._good(function)).encode()
        kind = self._chance.randrange(8)
        headers: list[tuple[str, str]] = []
        at = self._chance.randrange(len(body))
        if kind == 0:
            body = body[:at]
        elif kind == 1:
            body = body[:at] + bytes([self._chance.randrange(256)]) + body[at + 1 :]
        elif kind == 2:
            body = b"[" + body + b"," + body + b"]"
        elif kind == 3:
            body = body[:-1] + b"," + body[1:]  # every key twice
        elif kind == 4:
            body = body.decode().encode(self._chance.choice(("utf-16", "utf-32", "utf-7")))
        elif kind == 5:
            headers = [("Content-Encoding", self._chance.choice(("gzip", "br", "zstd", "none")))]
        elif kind == 6:
            form = "&".join(f"{_quoted(k)}={_quoted(v)}" for k, v in self._good(function).items())
            body, headers = form.encode(), [("Content-Type", "application/x-www-form-urlencoded")]
        else:
            body = self._chance.randbytes(self._chance.randrange(200))
        return self._post(function, f"a broken body ({kind})", body, headers=headers)

    def _no_request(self, function: Function) -> Call:
        target = f"/rest/v1/rpc/{function.name}"
        begins = f"POST {target} HTTP/1.1\r\nHost: a\r\n"
        kind = self._chance.randrange(9)
        sent = [
            b"GARBAGE\r\n\r\n",
            request("POST", target, [("X-Junk", "a\0b")], b"{}"),
            request("POST", target, [("X-Junk", "x" * 20_000)], b"{}"),
            request("POST", target + "?x=" + "y" * 20_000, [], b"{}"),
            request("POST", target, [("Content-Type", "application/json")], b"0" * _MEGABYTE * 2),
            request("POST", target + "/%00/..%2f..%2fetc", [], b"{}"),
            request("P\u00d6ST", target, [], b"{}"),
            f"{begins}Content-Length: {'9' * 30}\r\n\r\n".encode(),
            f"{begins}Transfer-Encoding: chunked\r\n\r\nZZ\r\n".encode(),
        ][kind]
        return Call(f"no request ({kind})", function.name, sent)

    # ---------------------------------------------------------------------------------- their parts

    def _post(
        self,
        function: Function,
        what: str,
        body: str | bytes,
        *,
        query: str = "",
        headers: Sequence[tuple[str, str]] = (),
        triple: tuple[str, str, str] | None = None,
    ) -> Call:
        data = body if isinstance(body, bytes) else body.encode(errors="surrogatepass")
        given = list(headers)
        if not any(name == "Content-Type" for name, _ in given):
            given.append(("Content-Type", "application/json"))
        target = f"/rest/v1/rpc/{function.name}{query}"
        return self._call(function, what, "POST", target, given, data, triple)

    def _call(
        self,
        function: Function,
        what: str,
        method: str,
        target: str,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes | None = None,
        triple: tuple[str, str, str] | None = None,
    ) -> Call:
        other = self._chance.random() < _OTHER_ROLE
        role = self._chance.choice(ROLES if other else function.roles)
        given = list(headers)
        if tokens := self._tokens[role]:
            given.append(("Authorization", f"Bearer {self._chance.choice(tokens)}"))
        sent = request(method, target, given, body)
        return Call(f"{function.name} as {role}, {what}", function.name, sent, triple)

    def _good(self, function: Function) -> dict[str, str]:
        return {
            name: json.dumps(self._field.good(function.name, name, type_))
            for name, type_ in function.arguments
        }

    def _value(self, type_: str) -> str:
        """A value as JSON, more often than not of the type."""
        chance = self._chance
        known = [*self._field.pots.values(), self._field.entry_id, self._field.flag_id]
        simple: list[Callable[[], str]] = [
            lambda: json.dumps(self._text(chance.choice((3, 40, 300, 5_000)))),
            lambda: str(chance.choice(_NUMBERS) + chance.randint(-1, 1)),
            lambda: f"{chance.choice(('', '-'))}{chance.random()}e{chance.randint(-400, 400)}",
            lambda: "9" * chance.choice((20, 400, 20_000)),
            lambda: json.dumps(str(uuid.UUID(int=chance.getrandbits(128)))),
            lambda: json.dumps(chance.choice(known)),
            lambda: json.dumps(chance.randbytes(chance.choice((1, 31, 32, 33, 64))).hex()),
            lambda: json.dumps(chance.choice(_DATES)),
            lambda: chance.choice(list(HOSTILE.values())[:-3]),
            lambda: self._json(chance.randint(1, 6)),
        ]
        by_type = {
            "text": (0, 4, 6), "bigint": (1, 2, 3), "integer": (1, 2, 3), "uuid": (4, 5, 5),
            "jsonb": (9, 9, 0), "numeric": (1, 2, 3), "timestamp with time zone": (7, 7, 0),
        }  # fmt: skip
        places = by_type.get(type_) if chance.random() < 0.7 else None
        return simple[chance.choice(places or range(len(simple)))]()

    def _plain_value(self, type_: str) -> str:
        text = self._value(type_)
        return text[1:-1] if text.startswith('"') else text

    def _json(self, depth: int) -> str:
        chance = self._chance
        if depth == 0:
            return chance.choice(("null", "1", '""', "[]", "{}", "-0", "1e400", '"\\ud800"'))
        inner = [self._json(depth - 1) for _ in range(chance.randint(0, 3))]
        if chance.random() < 0.5:
            return "[" + ",".join(inner) + "]"
        keys = [json.dumps(chance.choice(_KEYS)) for _ in inner]
        return "{" + ",".join(f"{k}:{v}" for k, v in zip(keys, inner, strict=True)) + "}"

    def _text(self, most: int) -> str:
        chance = self._chance
        if chance.random() < 0.3:
            return chance.choice(_TEXTS)
        alphabet = chance.choice(_ALPHABETS)
        return "".join(chance.choice(alphabet) for _ in range(chance.randint(0, most)))

    def _header_text(self) -> str:
        return re.sub(r"[^\x20-\x7e\xa0-\xff]", "?", self._text(400))


_NUMBERS = (0, 1, 2**15, 2**31, 2**32, 2**53, 2**63, 2**64, 10**18, 10**30, -(2**31), -(2**63))
_DATES = (
    "infinity", "-infinity", "epoch", "now", "today", "0000-01-01", "294277-01-01", "4714-11-24 BC",
    "2026-02-30", "2026-11-26T25:61:61Z", "2026-11-26 00:00:00+99", "10000-01-01T00:00:00Z", "",
    "2026-11-26T00:00:00Z", "1e9", "allballs", "J2451187", "2026-11-26T00:00:00 Nowhere/Nothing",
)  # fmt: skip
_TEXTS = (
    "'; drop table public.pots cascade; --", "%s%n%x", "{0.__class__}", "${jndi:ldap://x}", "\\",
    "$$; rollback; $$", "\u202eabc", "\u200b", "\ud800", "a\0b", "../../etc/passwd", "<script>",
    "{{7*7}}", "NaN", "Infinity", "null", "true", "\U0001f3b2" * 30, "e\u0301" * 30, "{}", "{1,2}",
    "(1,2)", "[,]", "all", "pot", "global", "hold", "clear", "E'\\x00'", "\ufeff", "\U0010ffff",
)  # fmt: skip
_ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz_0123456789",
    "".join(map(chr, range(1, 0x20))) + "\x7f\x80\x9f",
    "'\"\\;%_&|!(){}[]<>=:,.*$@/?#+-^~` \t\n",
    "\u00e9\u0416\u05d0\u0627\u4e2d\U0001f600\u0000\ud800\udfff\u200d\ufe0f\u2028\ufffe",
)
_KEYS = ("pot_id", "commit_hash", "a", "", "__proto__", "\u0000", "commit_hash ", "POT_ID")
_PARAMETERS = ("select", "order", "limit", "offset", "and", "or", "not.and", "columns", "on", "")
_QUERIES = (
    "select=*", "select=@", "select=id,@", "select=id::@", "select=id::text", "select=count()",
    "select=*,pots(*)", "select=id->>@", "order=@", "order=id.desc.nullsfirst", "order=id.@",
    "limit=@", "limit=-1", "limit=0", "limit=99999999999999999999", "offset=-5", "offset=@",
    "offset=999999999", "id=eq.@", "id=@", "status=in.(@)", "status=is.@", "status=like.@",
    "status=match.@", "status=fts(@).@", "id=not.eq.@", "or=(@)", "or=(id.eq.1,and(id.gt.@))",
    "and=@", "not.or=(id.eq.@)", "@=eq.1", "@=@", "columns=@", "columns=pot_id", "on_conflict=@",
    "id=cs.{@}", "id=ov.[@]", "id=isdistinct.@", "status=imatch.(((((", "a.b=eq.1", "select=%00",
)  # fmt: skip
_HEADERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Prefer",
        (
            "count=exact", "count=planned", "count=estimated", "handling=strict", "tx=rollback",
            "return=representation", "timezone=Nowhere/Nothing", "timezone=Pacific/Apia",
            "handling=strict, max-affected=0", "max-affected=" + "9" * 5_000, "params=multiple",
            "params=single-object", "max-affected=-1", "handling=strict, nonsense", ",,,=,;",
        ),
    ),
    ("Range", ("0-0", "5-1", "-", "0-", "99999999999999999999-", "bytes=0-1", "-5")),
    ("Range-Unit", ("items", "bytes", "")),
    (
        "Accept",
        (
            "text/csv", "application/vnd.pgrst.object+json", "*/*", "application/octet-stream",
            "application/vnd.pgrst.plan+json", "application/geo+json", "text/xml", ";;;", ",",
            "application/vnd.pgrst.array+json;nulls=stripped", "application/json;q=nonsense",
            "application/openapi+json", "text/html",
        ),
    ),
    (
        "Content-Type",
        (
            "text/plain", "application/octet-stream", "text/xml", "text/csv", "multipart/form-data",
            "application/json; charset=utf-16", "application/x-www-form-urlencoded", "", ";",
            "application/vnd.pgrst.object+json", "application/merge-patch+json",
        ),
    ),
    ("Content-Profile", ("public", "private", "auth", "", "pg_catalog")),
    ("Accept-Profile", ("public", "private", "storage", "'")),
    ("X-Forwarded-For", ("::1", "10.0.0.1, 1.2.3.4", "not an address", "," * 400)),
    ("CF-IPCountry", ("XX", "T1", "ZZZZ", "\u00ff")),
    ("X-Device-Id", ("device", "", "\u00ff" * 300)),
    ("X-Correlation-Id", ("a b", "x" * 300, "ok-1")),
    ("X-HTTP-Method-Override", ("DELETE", "GET")),
    ("Cookie", ("a=b; role=pot_admin", "=;=;=", "\u00ff" * 50)),
    ("Origin", ("null", "https://example.com")),
    ("If-None-Match", ("*", '"a"')),
    ("Expect", ("100-continue",)),
    ("Connection", ("close", "keep-alive, x")),
)  # fmt: skip


def _tokens(field: Field, api: Served) -> dict[str, list[str]]:
    """Valid tokens of each role; none for role anon, whom a call without one is."""
    players = [field.player.user_id, *(each.user_id for each in field.game.players(_PLAYERS, 500))]
    tokens: dict[str, list[str]] = {"anon": []}
    for role in ROLES[1:]:
        people = (
            [player_claims(user_id, role=role) for user_id in players]
            if role in ("authenticated", "service_role")
            else [{"role": role, "sub": str(uuid.uuid4())}]
        )
        tokens[role] = [api.token({**claims, "exp": 3600}) for claims in people]
    return tokens


def _object(values: dict[str, str]) -> str:
    return "{" + ", ".join(f"{json.dumps(key)}: {text}" for key, text in values.items()) + "}"


def _quoted(text: str) -> str:
    return quote(text.encode(errors="surrogatepass"), safe="")


# ------------------------------------------------------------------------------------- a round


@dataclass
class Findings:
    """What a round came to."""

    calls: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    triples: set[tuple[str, str, str]] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    problems: Counter[str] = field(default_factory=Counter)
    """Sentence → how often."""
    slowest: float = 0.0
    """Seconds that an answer took, whatever else the machine did."""
    slowest_statement: float = 0.0
    """Seconds of the longest statement, whatever else the machine did."""
    delayed: int = 0
    """Answers that took over a second beside everything else."""

    def add(self, other: Findings) -> None:
        """Takes over what another round found."""
        self.calls += other.calls
        self.outcomes += other.outcomes
        self.triples |= other.triples
        self.functions |= other.functions
        self.problems += other.problems
        self.slowest = max(self.slowest, other.slowest)
        self.slowest_statement = max(self.slowest_statement, other.slowest_statement)
        self.delayed += other.delayed


class Stage:
    """One server; every round has a database of it for itself."""

    def __init__(self, server: OwnServer, directory: Path) -> None:
        self._server = server
        # Where no round is: a database that is copied has no other connections.
        self._watching = Database(server.cluster, 17, "template1")
        with self._watching.admin() as conn:
            conn.execute("create extension if not exists pg_stat_statements")
        self._directory = directory
        self._rounds = 0

    def round(
        self,
        seed: int,
        calls: int,
        *,
        large: bool = False,
        apis: int = 1,
        only: Collection[str] = (),
        broken: str = "",
        until: Callable[[], bool] = lambda: False,
    ) -> Findings:
        """Plays calls by a seed, those of the functions `only` if any, until it is over.

        `broken` is SQL that a superuser runs before.
        """
        self._rounds += 1
        db = self._database(f"fuzz_{self._rounds}")
        logged = len(self._server.log)
        found = Findings()
        with contextlib.closing(Game(db)) as game:
            stage = Field(game)
            functions = [f for f in functions_of(game) if not only or f.name in only]
            with db.admin() as admin:
                admin.execute(broken.encode())
            with self._served(db, apis) as served_by:
                api = served_by[0]
                maker = Maker(random.Random(seed), stage, functions, api, large=large)
                meter = Meter(api, self._watching, db.name)
                ports = [each.port for each in served_by]
                asyncio.run(_play(iter(maker), ports, calls, until, found, meter))
            api_logs = "".join(each.log for each in served_by)
            canaries = {
                "the key of tokens": [api.secret],
                "a token": maker.secrets,
                "a seed": [seed.hex() for seed in game.seeds.values()],
            }
            problems = [
                *server_log_problems(self._server.log[logged:]),
                *api_log_problems(api_logs),
                *leaks(canaries, self._server.log[logged:] + api_logs),
            ]
        found.problems.update(problems)
        broken_checks = [each.name for each in check_database(db.url()) if not each.holds]
        found.problems.update(f"pypot check: {name} is broken" for name in broken_checks)
        self._drop(db)
        for each in served_by:
            each.log_file.unlink()
        return found

    @contextlib.contextmanager
    def _served(self, db: Database, count: int) -> Iterator[list[Served]]:
        secret = secrets.token_hex(24)
        with contextlib.ExitStack() as stack:
            yield [
                stack.enter_context(
                    served(db, self._directory / f"api_{self._rounds}_{number}.log", secret=secret)
                )
                for number in range(count)
            ]

    def _database(self, name: str) -> Database:
        self._as_admin("create database {} template postgres owner postgres", name)
        # What was granted on a database itself is not copied with it.
        self._as_admin("revoke temporary on database {} from public", name)
        return Database(self._server.cluster, 17, name)

    def _drop(self, db: Database) -> None:
        self._as_admin("drop database {} with (force)", db.name)

    def _as_admin(self, statement: str, name: str) -> None:
        with self._watching.admin() as conn:
            conn.execute(sql.SQL(statement).format(sql.Identifier(name)))


class Meter:
    """What calls take of the API and of the database, apart from how busy the machine is."""

    def __init__(self, api: Served, watching: Database, name: str) -> None:
        self._api = api
        self._watching = watching
        self._name = name
        self._began = 0.0

    def begin(self) -> None:
        """Measures from here."""
        with self._watching.admin() as conn:
            conn.execute(
                "select pg_stat_statements_reset(0, d.oid, 0) from pg_database as d"
                " where d.datname = %s",
                [self._name],
            )
        self._began = self._api.processor_seconds

    @property
    def longest_statement(self) -> float:
        """Seconds of the longest statement of a caller since then."""
        with self._watching.admin() as conn:
            row = conn.execute(
                "select coalesce(max(s.max_exec_time), 0) / 1000 from pg_stat_statements as s"
                " inner join pg_database as d on s.dbid = d.oid"
                " inner join pg_roles as r on s.userid = r.oid"
                " where d.datname = %s and r.rolname = any(%s)",
                [self._name, list(ROLES)],
            ).fetchone()
        assert row is not None
        return float(row[0])

    @property
    def seconds(self) -> float:
        """Processor time of the API since then, and the longest statement."""
        return self._api.processor_seconds - self._began + self.longest_statement


async def _play(
    calls: Iterator[Call],
    ports: Sequence[int],
    most: int,
    until: Callable[[], bool],
    found: Findings,
    meter: Meter,
) -> None:
    slow: dict[str, tuple[float, Call]] = {}
    busy: dict[str, Call] = {}

    async def ask_on(line: Line) -> None:
        while found.calls < most and not until():
            found.calls += 1
            call = next(calls)
            reply = await _asked(line, call, found)
            if reply is not None and reply.seconds > SLOW_SECONDS:
                found.delayed += 1
                slow[call.function] = max(
                    slow.get(call.function, (0.0, call)), (reply.seconds, call), key=_seconds
                )
            if reply is not None and reply.status == _BUSY:
                busy[call.function] = call

    async def ask_again(line: Line) -> None:
        for _, call in sorted(slow.values(), key=_seconds)[-_ASKED_AGAIN:]:
            if not [None for _ in range(_TRIES) if await _is_quick(line, call, found, meter)]:
                found.problems[f"{call.what}: slow although nobody else calls"] += 1
        for call in busy.values():
            reply = await _asked(line, call, found)
            if reply is not None and reply.status == _BUSY:
                found.problems[f"{call.what}: busy although nobody else calls"] += 1

    await _on_lines([ask_on] * LINES, ports)
    found.slowest_statement = meter.longest_statement
    await _on_lines([ask_again], ports)


async def _is_quick(line: Line, call: Call, found: Findings, meter: Meter) -> bool:
    meter.begin()
    reply = await _asked(line, call, found)
    return reply is not None and meter.seconds < SLOW_SECONDS


async def _on_lines(
    works: Sequence[Callable[[Line], Awaitable[None]]], ports: Sequence[int]
) -> None:
    lines = [Line(port) for _, port in zip(works, itertools.cycle(ports), strict=False)]
    try:
        await asyncio.gather(*(work(line) for work, line in zip(works, lines, strict=True)))
    finally:
        for line in lines:
            line.close()


async def _asked(line: Line, call: Call, found: Findings) -> Reply | None:
    found.functions.add(call.function)
    if call.triple is not None:
        found.triples.add(call.triple)
    try:
        reply = await line.ask(call.sent)
    except NoReplyError as error:
        found.problems[f"{call.what}: no answer ({error})"] += 1
        return None
    found.slowest = max(found.slowest, reply.seconds)
    found.outcomes[_outcome(reply)] += 1
    said = problem(reply.status, reply.body)
    # A refusal that is returned is an answer, of which the caller may have asked for less.
    is_own_shape = said in SHAPES and reply.status < 500 and _ASKED_FOR.search(call.what)
    if said is not None and not is_own_shape:
        found.problems[f"{call.what}: {said}"] += 1
    return reply


_ASKED_FOR = re.compile(r"by HEAD$|with \?|headers .*\b(?:Accept|Range)\b")


def _seconds(answered: tuple[float, Call]) -> float:
    return answered[0]


def _outcome(reply: Reply) -> str:
    if reply.status < 400:
        return "answered"
    with contextlib.suppress(ValueError, KeyError, TypeError):
        code = str(json.loads(reply.body)["code"])
        if code.startswith("PT"):
            return "refused by us"
        return "refused by PostgREST" if code.startswith("PGRST") else "refused by the server"
    return "refused before"


# --------------------------------------------------------------------------------------- the logs

_LOGGED = re.compile(r"^\d{4}-\S+ \S+ \S+ \[\d+\] (\w{5}) (\w+):  (.*)", re.MULTILINE)


def server_log_problems(log: str) -> list[str]:
    """What PostgreSQL logged that no caller can be the cause of: errors from inside, crashes."""
    problems = []
    for state, severity, text in _LOGGED.findall(log):
        is_ours = state.startswith("PT")
        if severity in ("PANIC", "WARNING") or (severity == "FATAL" and state != "57P01"):
            problems.append(f"the server's log: {severity} {state} {text[:120]}")
        elif state.startswith("XX"):
            problems.append(f"the server's log: {state} {text[:120]}")
        elif severity == "CONTEXT" and not is_ours and (place := _INSIDE.search(text)):
            problems.append(f"the server's log: a raw {state} from inside {place[1]}")
        elif "was terminated by signal" in text:
            problems.append(f"the server's log: {text[:120]}")
    return problems


_INSIDE = re.compile(r"(?:PL/pgSQL|SQL) function (\S+)")


def api_log_problems(log: str) -> list[str]:
    """What the API logged besides its requests: exceptions that nothing caught, and no JSON."""
    problems = []
    for line in log.splitlines():
        try:
            told: Any = json.loads(line)
        except ValueError:
            problems.append(f"the API's log: no JSON: {line[:120]}")
            continue
        if told["event"] == "failed":
            problems.append(f"the API's log: {told['error']} at {told['where']}")
    return problems


def leaks(canaries: dict[str, list[str]], text: str) -> list[str]:
    """Which kinds of secrets stand in a text."""
    return [
        f"{kind} is in a log"
        for kind, values in canaries.items()
        if any(value in text for value in values)
    ]


# -------------------------------------------------------------------------------------- the harness


def run(going: Run) -> None:
    """Rounds while there is time, MOST_CALLS calls at most."""
    with own_server(SETTINGS) as server, tempfile.TemporaryDirectory() as directory:
        stage, total, rounds = Stage(server, Path(directory)), Findings(), 0
        told: set[str] = set()
        with going.bar("calls", MOST_CALLS) as advance:
            while total.calls < MOST_CALLS and (rounds == 0 or going.left > _AROUND_SECONDS):
                found = stage.round(
                    going.seed + rounds,
                    CALLS_A_ROUND,
                    large=rounds == 0,
                    apis=_APIS,
                    until=lambda: going.left < _AROUND_SECONDS / 2,
                )
                rounds += 1
                total.add(found)
                advance(found.calls)
                going.say(
                    f"round {rounds}: {total.calls} calls, "
                    f"{len(total.triples)} of the catalogue, {len(total.problems)} problems"
                )
                for sentence, times in found.problems.items():
                    if sentence not in told and len(told) < 200:
                        told.add(sentence)
                        going.fail(f"seed {going.seed + rounds - 1}, {times} times: {sentence}")
        for name, value in (
            ("calls", total.calls),
            ("rounds", rounds),
            ("functions", len(total.functions)),
            ("of the catalogue", len(total.triples)),
            *sorted(total.outcomes.items()),
            ("problems", total.problems.total()),
            ("slowest answer, ms", round(total.slowest * 1000)),
            ("slowest statement, ms", round(total.slowest_statement * 1000)),
            ("over 1 s beside the rest", total.delayed),
        ):
            going.figure(name, value)


HARNESS = Harness(
    name="fuzz",
    what=(
        "Every function is called over HTTP, in every role, with hostile values, bodies, headers "
        "and queries: documented errors alone, none slow, no secret logged"
    ),
    minutes=25,
    threats=(22, 41, 42, 43),
    controls=("tests/assurance/test_fuzz.py::test_a_broken_build_is_found_out",),
    run=run,
)
