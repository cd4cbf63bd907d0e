"""The harness of mutants: one guard at a time is taken away, and the fast suite must notice.

What the catalogue says by itself (policies, grants, triggers, definers, paths) is taken away in a
transaction that is rolled back, and the rules and lists of tests/security are asked first. Whatever
they do not tell, and every mutated function, gets a database of its own, where the pgTAP files run
that come nearest: those which name the function or table, then those which reach it.

Mutants of functions: a lock that is not taken, a refusal that is not raised, a comparison turned.
A survivor is a failure, unless waivers.toml says why it may live.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from pypot_cli.assure import Harness, Run
from pypot_cli.config import ROOT
from pypot_cli.db.cluster import ADMIN
from tests.security.catalogue import difference, listed_privileges, privileges, violations
from tests.support.pgtap import psql, read_tap
from tests.support.servers import Servers, Template

HERE = Path(__file__).resolve().parent
TAP = sorted((ROOT / "sql" / "tests").rglob("*.test.sql"))
# Files a mutant is given before it counts as a survivor.
MOST_FILES = 60
_AT_ONCE = 2

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

    for place, match in enumerate(re.finditer(r"\bfor (update|key share)\b(?! of)", code), 1):
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


class Suite:
    """The fast suite: which files of pgTAP come near to an object."""

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

    def files(self, mutant: Mutant) -> list[Path]:
        """Files of pgTAP, nearest first: at each step outwards, those that name most callers."""
        named = set(re.findall(r"(?:public|private)\.\w+", mutant.name))
        order: list[Path] = []
        seen: set[str] = set()
        while named and len(order) < MOST_FILES:
            words = [re.compile(rf"\b{re.escape(name.split('.')[1])}\b") for name in named]
            near = {
                file: sum(len(word.findall(_text(file))) for word in words)
                for file in TAP
                if file not in order
            }
            order += sorted((f for f, hits in near.items() if hits), key=lambda f: -near[f])
            seen |= named
            named = {up for name in named for up in self._callers.get(name, ())} - seen
        return order[:MOST_FILES]


@cache
def _text(file: Path) -> str:
    return f"{file.stem} {file.read_text()}"


def seen_by_the_catalogue(conn: psycopg.Connection[Any], mutant: Mutant) -> bool:
    """Whether a rule or a list of tests/security tells, in a transaction that is rolled back."""
    with conn.transaction(force_rollback=True):
        conn.execute(mutant.statement.encode())
        return bool(violations(conn) or difference(listed_privileges(), privileges(conn)))


def killer(servers: Servers, suite: Suite, mutant: Mutant) -> str | None:
    """The file of pgTAP that fails on a database with the mutant; None when all pass."""
    db = servers.create(Template(17))
    try:
        with db.admin() as conn:
            try:
                conn.execute(mutant.statement.encode())
            except psycopg.Error:
                return "PostgreSQL, which does not take it"
        url = db.url(ADMIN)

        def fails(file: Path) -> bool:
            done = psql(url, file)
            return done.returncode != 0 or bool(read_tap(done.stdout))

        files = suite.files(mutant)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for place in range(0, len(files), _AT_ONCE):
                some = files[place : place + _AT_ONCE]
                for file, failed in zip(some, pool.map(fails, some), strict=True):
                    if failed:
                        return str(file.relative_to(ROOT))
        return None
    finally:
        servers.drop(db)


def waivers() -> dict[str, str]:
    """Mutant → why it may live."""
    return {each["mutant"]: each["reason"] for each in _waived()}


def _waived() -> list[dict[str, str]]:
    found: list[dict[str, str]] = tomllib.loads((HERE / "waivers.toml").read_text())["waiver"]
    return found


CATALOGUE = (
    "policy", "row security", "revoke", "check", "unique", "trigger", "always", "search_path",
    "definer",
)  # fmt: skip


def survivors(
    servers: Servers, wanted: Iterable[Mutant], conn: psycopg.Connection[Any], suite: Suite
) -> Iterator[tuple[Mutant, bool]]:
    """Tries mutants one after another: each, and whether it lives."""
    for mutant in wanted:
        if mutant.kind in CATALOGUE and seen_by_the_catalogue(conn, mutant):
            yield mutant, False
        else:
            yield mutant, killer(servers, suite, mutant) is None


def run(going: Run) -> None:
    """Tries mutants in an order by the seed, half of the time on those of functions."""
    servers = Servers()
    try:
        with servers.create(Template(17)).admin() as conn:
            everything, suite, waived = mutants(conn), Suite(conn), waivers()
            going.figure("mutants", len(everything))
            if gone := set(waived) - {each.id for each in everything}:
                going.fail(f"waived and not there: {sorted(gone)}")
            random.Random(going.seed).shuffle(everything)
            of_functions = [each for each in everything if each.kind not in CATALOGUE]
            others = [each for each in everything if each.kind in CATALOGUE]
            for some, until in ((others, going.seconds / 2), (of_functions, going.seconds)):
                for mutant, lives in survivors(servers, some, conn, suite):
                    going.count("tried")
                    if not lives:
                        going.count("killed")
                    elif mutant.id in waived:
                        going.count("waived")
                    else:
                        going.fail(f"lives: {mutant.id}")
                    if going.elapsed > until:
                        break
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
