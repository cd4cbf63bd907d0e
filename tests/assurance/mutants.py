"""The harness of mutants: one guard at a time is taken away, and the fast suite must notice.

What the catalogue says by itself (policies, grants, triggers, definers, paths) is taken away in a
transaction that is rolled back, and the lists and rules of tests/security are asked first. Whatever
they do not tell, and every mutated function, gets a database of its own, a clone, on a server that
need not be durable. There the files of pgTAP run that touch the object, until one fails: each was
run once before, on the database as it is, and counted which functions it calls and which tables it
writes. A lock that is not taken shows with several connections only, and so does what looks again
after it waited: what pgTAP lets live meets the races of tests/integration, on databases with the
mutant in them.

Mutants of functions: a lock that is not taken, a refusal that is not raised, a comparison turned.
A survivor is a failure, unless waivers.toml says why it may live. They are tried kind by kind in
turn, in an order by the seed, so that a run of any length has some of every kind.
"""

from __future__ import annotations

import itertools
import os
import random
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from pypot_cli.assure import Harness, Run
from pypot_cli.config import ROOT
from pypot_cli.db.cluster import ADMIN
from pypot_cli.interrupts import spread
from tests.assurance import mutated
from tests.security.catalogue import difference, listed_privileges, privileges, violations
from tests.support.database import Database
from tests.support.pgtap import psql, read_tap
from tests.support.servers import Servers, Template

HERE = Path(__file__).resolve().parent
TAP = sorted((ROOT / "sql" / "tests").rglob("*.test.sql"))
# Function → the folder that it is in.
SUBJECTS = {
    f"private.{file.stem}": file.parent.name
    for file in (ROOT / "supabase" / "functions" / "private").rglob("*.sql")
}
# Folders of sql/tests that are about what is in a folder of another name.
BESIDE = {
    "pots": {"entries", "lifecycle", "batches", "exclusions", "guards", "realtime"},
}
RACES = (
    *sorted((ROOT / "tests" / "integration").glob("test_races_*.py")),
    ROOT / "tests" / "integration" / "test_lock_order.py",
    ROOT / "tests" / "integration" / "test_erasure.py",
    ROOT / "tests" / "integration" / "test_archive.py",
    ROOT / "tests" / "integration" / "test_outbox.py",
    ROOT / "tests" / "integration" / "test_dates_of_the_ledger.py",
)
# Files a mutant is given before it counts as a survivor.
MOST_FILES = 60
_MOST_BEFORE_RACES = 4
# Files of races that a changed refusal or comparison is given; a lock meets them all.
_MOST_RACES = 5
_AT_ONCE = 2
# A file takes a second or two, the longest twenty on a busy machine.
_FILE_SECONDS = 120.0
_RACE_SECONDS = 240
# What a file of pgTAP calls is in the statistics a moment after its session has ended.
_TOLD_SECONDS = 10.0

_LOCK = re.compile(
    r"\bfor (?:(?:no key )?update|key share)\b(?: of \w+(?:, \w+)*)?(?:\s+skip locked\b)?"
)
_COMPARISON = re.compile(r"(?<=\s)(<=|>=|<>|<|>)(?=\s)")
_TURNED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "<>": "="}


@dataclass(frozen=True)
class Mutant:
    """What was done, by a superuser's `statement`; `name` is the object, `place` where in it."""

    kind: str
    name: str
    statement: str
    place: int = 0

    @property
    def id(self) -> str:
        """How a waiver names it: `comparison private.join_pot #3`."""
        return f"{self.kind} {self.name}" + (f" #{self.place}" if self.place else "")


def mutants(conn: psycopg.Connection[Any]) -> list[Mutant]:
    """Every mutant of a database, always in the same order."""
    conn.execute("set search_path = ''")
    rows = conn.execute((HERE / "mutants.sql").read_bytes()).fetchall()
    found = [Mutant(*row) for row in rows]
    # Trigger functions and what is computed in SQL are mutated too; wrappers only pass on.
    functions = conn.execute(
        "select format('private.%s', proname), pg_get_functiondef(oid), prosrc from pg_proc"
        " where pronamespace = 'private'::regnamespace and prokind = 'f' order by proname"
    ).fetchall()
    for name, whole, body in functions:
        found += _of_function(name, whole, body)
    return found


def _of_function(name: str, whole: str, body: str) -> Iterator[Mutant]:
    code = _blanked(body)

    def mutant(kind: str, match: re.Match[str], instead: str, place: int) -> Mutant:
        changed = body[: match.start()] + instead + body[match.end() :]
        return Mutant(kind, name, whole.replace(body, changed), place)

    for place, match in enumerate(_LOCK.finditer(code), 1):
        yield mutant("lock", match, "", place)
    for place, match in enumerate(re.finditer(r"\bpg_advisory_xact_lock\w*\(", code), 1):
        yield mutant("lock", match, "abs(", 100 + place)
    for place, match in enumerate(re.finditer(r"perform private\.fail\(", code), 1):
        yield mutant("refusal", match, "perform jsonb_build_array(", place)
    for place, match in enumerate(re.finditer(r"\braise exception\b[^;]*;", code), 1):
        yield mutant("refusal", match, "null;", 100 + place)
    for place, match in enumerate(_COMPARISON.finditer(code), 1):
        yield mutant("comparison", match, _TURNED[match[1]], place)


def _blanked(body: str) -> str:
    """The code of a body: comments and text are blanked, places kept."""
    pattern = r"--[^\n]*|'(?:[^']|'')*'"
    return re.sub(pattern, lambda found: re.sub(r"[^\n]", "_", found[0]), body)


@dataclass(frozen=True)
class Touched:
    """What a file of pgTAP does to the database as it is, and how long that takes."""

    functions: frozenset[str]
    tables: frozenset[str]
    seconds: float


class Suite:
    """The fast suite: which of its files come near to an object."""

    def __init__(self, conn: psycopg.Connection[Any]) -> None:
        rows = conn.execute(
            "select format('%s.%s', pronamespace::regnamespace, proname), prosrc from pg_proc"
            " where pronamespace in ('public'::regnamespace, 'private'::regnamespace)"
        ).fetchall()
        self._callers: dict[str, set[str]] = {}
        for name, body in rows:
            for called in re.findall(r"(?:public|private)\.\w+", body):
                self._callers.setdefault(called, set()).add(name)
        # A guard's function is called by its trigger, whose table's writers are what reach it.
        for function, table in conn.execute(
            "select tgfoid::regproc::text, tgrelid::regclass::text from pg_trigger"
            " where not tgisinternal"
        ).fetchall():
            self._callers.setdefault(function, set()).add(table)
        # These may be inlined, so that nobody counts their calls.
        self._uncounted = {
            row[0]
            for row in conn.execute(
                "select format('%s.%s', p.pronamespace::regnamespace, p.proname)"
                " from pg_proc as p inner join pg_language as l on p.prolang = l.oid"
                " where l.lanname = 'sql'"
            )
        }
        self._touched: dict[Path, Touched] = {}

    def measure(self, servers: Servers, going: Run) -> None:
        """Runs every file of pgTAP once, and remembers what it touches; all must pass."""
        with ExitStack() as ends, going.bar("files of pgTAP", len(TAP)) as advance:
            free = [servers.create(Template(17)) for _ in range(_AT_ONCE)]
            for db in free:
                ends.callback(servers.drop, db)
                with db.admin() as conn:
                    conn.execute(f"alter database {db.name} set track_functions = 'all'".encode())

            def measured(file: Path) -> None:
                db = free.pop()
                try:
                    self._touched[file] = touched(db, file)
                except AssertionError as error:
                    going.fail(str(error))
                finally:
                    free.append(db)
                    advance(1)

            with ThreadPoolExecutor(_AT_ONCE) as pool:
                list(spread(pool, measured, TAP))

    def files(self, mutant: Mutant) -> list[Path]:
        """Files of pgTAP, nearest first, and among the equally near the quickest.

        Before what names its callers comes what is in a folder of the same subject.
        """
        named = _objects(mutant)
        # What notices a refusal that is gone may see refused calls only, which nobody counts.
        told = self._above(named) if mutant.kind == "refusal" else named
        near = self._nearest(named, [f for f in TAP if self._touches(f, named) or _hits(f, told)])
        subjects = {SUBJECTS.get(name) for name in named}
        subjects = subjects.union(*(BESIDE.get(subject, set()) for subject in subjects if subject))
        near.sort(key=lambda file: (not _hits(file, named), file.parent.name not in subjects))
        return near[:MOST_FILES]

    def races(self, mutant: Mutant) -> list[Path]:
        """Files of races, nearest first."""
        return self._nearest(_objects(mutant), RACES)

    def _touches(self, file: Path, named: set[str]) -> bool:
        found = self._touched.get(file)
        if found is None or named & self._uncounted:
            return True
        return bool(named & (found.functions | found.tables))

    def _above(self, named: set[str]) -> set[str]:
        """Those named, and whoever calls them, however far up."""
        while above := {up for name in named for up in self._callers.get(name, ())} - named:
            named = named | above
        return named

    def _nearest(self, named: set[str], files: Sequence[Path]) -> list[Path]:
        """At each step outwards, those that name most of the callers."""
        order: list[Path] = []
        seen: set[str] = set()
        while named:
            near = {file: _hits(file, named) for file in files if file not in order}
            order += sorted(
                (file for file, hits in near.items() if hits),
                key=lambda file: (-near[file], self._seconds(file)),
            )
            seen |= named
            named = {up for name in named for up in self._callers.get(name, ())} - seen
        # What touches it and names nobody on the way does so by its helpers.
        return order + sorted((f for f in files if f not in order), key=self._seconds)

    def _seconds(self, file: Path) -> float:
        found = self._touched.get(file)
        return 1.0 if found is None else found.seconds


def touched(db: Database, file: Path) -> Touched:
    """Runs a file of pgTAP on a database that counts; raises AssertionError if it does not pass."""
    with db.admin() as conn:
        before = _counts(conn)
        ended = _ended(conn)
        began = time.monotonic()
        done = psql(db.url(ADMIN), file)
        seconds = time.monotonic() - began
        name = str(file.relative_to(ROOT))
        assert done.returncode == 0, f"without a mutant {name} fails: {done.stderr.strip()}"
        assert not read_tap(done.stdout), f"without a mutant {name} fails: {read_tap(done.stdout)}"
        while _ended(conn) == ended and time.monotonic() < began + seconds + _TOLD_SECONDS:
            time.sleep(0.02)
        after = _counts(conn)
    names = {kind: {n for n in after[kind] if after[kind][n] > before[kind].get(n, 0)}
             for kind in after}  # fmt: skip
    return Touched(frozenset(names["function"]), frozenset(names["table"]), seconds)


def _counts(conn: psycopg.Connection[Any]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {"function": {}, "table": {}}
    for kind, name, count in conn.execute((HERE / "touched.sql").read_bytes()).fetchall():
        found[kind][name] = count
    return found


def _ended(conn: psycopg.Connection[Any]) -> int:
    """Transactions that were rolled back: a file ends by one, told when its session ends."""
    row = conn.execute(
        "select xact_rollback from pg_stat_database where datname = current_database()"
    ).fetchone()
    assert row is not None
    return int(row[0])


def _objects(mutant: Mutant) -> set[str]:
    return set(re.findall(r"(?:public|private)\.\w+", mutant.name))


def _hits(file: Path, named: Iterable[str]) -> int:
    words = [name.split(".")[1] for name in named]
    return sum(len(re.findall(rf"\b{re.escape(word)}\b", _text(file))) for word in words)


@cache
def _text(file: Path) -> str:
    return f"{file.stem} {file.read_text()}"


def seen_by_the_catalogue(conn: psycopg.Connection[Any], mutant: Mutant) -> bool:
    """Whether a list or a rule of tests/security tells, in a transaction that is rolled back."""
    with conn.transaction(force_rollback=True):
        conn.execute(mutant.statement.encode())
        return bool(difference(listed_privileges(), privileges(conn)) or violations(conn))


def killer(servers: Servers, suite: Suite, mutant: Mutant) -> str | None:
    """The file that fails on databases with the mutant; None when all pass."""
    db = servers.create(Template(17))
    try:
        with db.admin() as conn:
            try:
                conn.execute(mutant.statement.encode())
            except psycopg.Error as error:
                # What is no function any more says nothing of who notices a guard that is gone.
                if mutant.kind not in CATALOGUE:
                    raise AssertionError(f"{mutant.id} is no function: {error}") from error
                return "PostgreSQL, which does not take it"
        url = db.url(ADMIN)
        most = _MOST_BEFORE_RACES if mutant.kind == "lock" else MOST_FILES
        for file in suite.files(mutant)[:most]:
            if _fails(url, file):
                return str(file.relative_to(ROOT))
    finally:
        servers.drop(db)
    if mutant.kind in CATALOGUE:
        return None
    for file in suite.races(mutant)[: None if mutant.kind == "lock" else _MOST_RACES]:
        if race_fails(servers, mutant, file):
            return str(file.relative_to(ROOT))
    return None


def _fails(url: str, file: Path) -> bool:
    try:
        done = psql(url, file, _FILE_SECONDS)
    except subprocess.TimeoutExpired:
        # Without its guard a function may go on for ever, which is noticed too.
        return True
    return done.returncode != 0 or bool(read_tap(done.stdout))


def race_fails(servers: Servers, mutant: Mutant, file: Path) -> bool:
    """Whether a file of pytest fails where every database has the mutant in it."""
    command = [
        *(sys.executable, "-m", "pytest", "-x", "-q", "-p", mutated.__name__),
        *("-p", "no:cacheprovider", "--timeout", str(_RACE_SECONDS), str(file)),
    ]
    env = {**os.environ, **mutated.environment(servers, mutant.statement)}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    failed = re.search(r"^(FAILED|ERROR) ", done.stdout, re.MULTILINE) is not None
    # A run that did not come to its tests is no answer.
    if failed != (done.returncode == 1) or done.returncode > 1:
        raise AssertionError(f"{file.name} with {mutant.id}: {done.stdout}{done.stderr}")
    return failed


def waivers(of: str = "waiver") -> dict[str, str]:
    """Mutant → why it may live; of `python` for those of tests/assurance/python.py."""
    return read_waivers((HERE / "waivers.toml").read_text(), of)


def read_waivers(text: str, of: str) -> dict[str, str]:
    """The same of a text; an entry names a `mutant`, or several `mutants` of one reason.

    Raises ValueError when one is named twice.
    """
    found: dict[str, str] = {}
    for each in tomllib.loads(text).get(of, []):
        for mutant in each.get("mutants") or [each["mutant"]]:
            if mutant in found:
                raise ValueError(f"waived twice: {mutant}")
            found[mutant] = each["reason"]
    return found


CATALOGUE = (
    "policy", "row security", "revoke", "check", "unique", "trigger", "always", "search_path",
    "definer",
)  # fmt: skip


def lives(servers: Servers, mutant: Mutant, conn: psycopg.Connection[Any], suite: Suite) -> bool:
    """Whether nobody notices a mutant."""
    if mutant.kind in CATALOGUE and seen_by_the_catalogue(conn, mutant):
        return False
    return killer(servers, suite, mutant) is None


def in_turn(everything: Sequence[Mutant], seed: int, waived: Collection[str] = ()) -> list[Mutant]:
    """All of them, one of each kind in turn, within a kind in an order by the seed.

    Those with a waiver come last: they live through every file there is, which takes longest, and
    is known.
    """
    chance = random.Random(seed)
    kinds = sorted({each.kind for each in everything})
    rows = []
    for kind in kinds:
        row = [each for each in everything if each.kind == kind]
        chance.shuffle(row)
        rows.append(row)
    turns = [each for some in itertools.zip_longest(*rows) for each in some if each is not None]
    return sorted(turns, key=lambda each: each.id in waived)


@dataclass
class Tally:
    """What became of the mutants of a kind."""

    there: int
    tried: int = 0
    killed: int = 0
    waived: int = 0

    def __str__(self) -> str:
        waived = f", {self.waived} waived" if self.waived else ""
        return f"{self.killed}/{self.tried}{waived} (of {self.there})"


@dataclass
class Trial:
    """A run of the harness: what it tries mutants with, and what it came to."""

    going: Run
    servers: Servers
    suite: Suite
    tallies: dict[str, Tally]
    waived: dict[str, str] = field(default_factory=lambda: waivers())

    def all(self, mutants: Iterable[Mutant], until: float) -> None:
        """Tries mutants, two at once, until the run has taken `until` seconds."""
        # Of a list, whose iterator two threads may ask at once, as none of a generator.
        rest = iter(list(mutants))

        def work() -> None:
            with self.servers.create(Template(17)).admin() as conn:
                while self.going.elapsed < until and (mutant := next(rest, None)) is not None:
                    try:
                        it_lives = lives(self.servers, mutant, conn, self.suite)
                    except AssertionError as error:
                        self.going.fail(str(error))
                    else:
                        self._count(mutant, it_lives)

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for each in [pool.submit(work) for _ in range(_AT_ONCE)]:
                each.result()

    def _count(self, mutant: Mutant, it_lives: bool) -> None:
        tally = self.tallies[mutant.kind]
        tally.tried += 1
        tally.killed += not it_lives
        if it_lives and mutant.id in self.waived:
            tally.waived += 1
        elif it_lives:
            self.going.fail(f"lives: {mutant.id}")


def run(going: Run) -> None:
    """Tries mutants in turn, what the catalogue tells for a third of the time at most."""
    servers = Servers(quick=True)
    try:
        with servers.create(Template(17)).admin() as conn:
            everything, suite = mutants(conn), Suite(conn)
        kinds = sorted({each.kind for each in everything})
        tallies = {kind: Tally(sum(each.kind == kind for each in everything)) for kind in kinds}
        trial = Trial(going, servers, suite, tallies)
        if gone := set(trial.waived) - {each.id for each in everything}:
            going.fail(f"waived and not there: {sorted(gone)}")
        order = in_turn(everything, going.seed, trial.waived)
        going.say(f"{len(order)} mutants, those of the catalogue first")
        trial.all((each for each in order if each.kind in CATALOGUE), going.seconds / 3)
        # On a busy machine this takes minutes, which the first ones do not need.
        suite.measure(servers, going)
        trial.all((each for each in order if each.kind not in CATALOGUE), going.seconds)
        going.figure("mutants", len(everything))
        for name in ("tried", "killed", "waived"):
            going.figure(name, sum(getattr(tally, name) for tally in tallies.values()))
        for kind, tally in tallies.items():
            going.figure(kind, str(tally))
    finally:
        servers.stop()


HARNESS = Harness(
    name="mutants",
    what="One guard at a time is taken out of the database, and the fast suite must notice",
    minutes=60,
    threats=(1, 2, 3, 5, 6, 11, 20, 29),
    controls=("tests/assurance/test_mutants.py::test_what_nobody_looks_at_lives_and_is_named",),
    run=run,
)
