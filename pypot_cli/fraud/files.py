"""What a simulation leaves in its directory: JSON lines, outside of the database.

`players.jsonl` is the truth, which no call ever carried: who is honest, and whose ring the others
are. `entries.jsonl`, `flags.jsonl` and `refusals.jsonl` are what happened, `simulation.json` how it
was made.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pypot_cli import db
from pypot_cli.db.connection import query
from pypot_cli.errors import UnreadableInputError
from pypot_cli.fraud.measures import Case
from pypot_cli.fraud.play import STOPPED, Refusal
from pypot_cli.fraud.script import Account, Script

Row = dict[str, Any]

_LABELS = "players.jsonl"
_SUMMARY = "simulation.json"
_HOLDS = {"hold", "refuse"}


@dataclass(frozen=True)
class Observed:
    """What the database knows at the end: entries of the draws, flags before the reveals."""

    pots: list[Row]
    entries: list[Row]
    flags: list[Row]


def observe(url: str) -> Observed:
    """Read a database as its owner, after a simulation."""
    with db.connect(url) as conn:
        found = []
        for name in ("pots", "entries", "flags"):
            cursor = conn.execute(query(f"fraud/{name}"))
            columns = [column.name for column in cursor.description or ()]
            found.append([dict(zip(columns, row, strict=True)) for row in cursor])
    return Observed(*found)


def write(directory: Path, script: Script, refusals: Iterable[Refusal], seen: Observed) -> None:
    """Write the truth and what happened."""
    _write_lines(directory / _LABELS, map(_label, script.accounts))
    _write_lines(directory / "refusals.jsonl", map(asdict, refusals))
    _write_lines(directory / "pots.jsonl", seen.pots)
    _write_lines(directory / "entries.jsonl", seen.entries)
    _write_lines(directory / "flags.jsonl", seen.flags)


def write_summary(directory: Path, summary: Mapping[str, Any]) -> None:
    """Write how the simulation was made."""
    (directory / _SUMMARY).write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")


def read_summary(directory: Path) -> dict[str, Any]:
    """Read it; empty where there is none."""
    file = directory / _SUMMARY
    if not file.exists():
        return {}
    summary: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return summary


def read(directories: Sequence[Path], url: str | None) -> tuple[list[Case], list[str]]:
    """Return the cases of all directories and their pots by time.

    Players and rings of two simulations are different ones whatever their names are. With `url`
    each is what that database says. Raises as `read_one`.
    """
    cases, pots = [], []
    for number, directory in enumerate(directories):
        found, in_order = read_one(directory, url)
        if number:
            found = [
                replace(
                    case,
                    pot_id=f"{number} {case.pot_id}",
                    user_id=f"{number} {case.user_id}",
                    ring=case.ring and f"{number} {case.ring}",
                )
                for case in found
            ]
            in_order = [f"{number} {pot_id}" for pot_id in in_order]
        cases += found
        pots += in_order
    return cases, pots


def read_one(directory: Path, url: str | None) -> tuple[list[Case], list[str]]:
    """Return the cases of one directory and its pots by time; with `url`, what that database says.

    Raises UnreadableInputError when the directory holds no simulation, or nothing of it is in the
    database.
    """
    labels = {row["user_id"]: row for row in _read_lines(directory / _LABELS)}
    if url is None:
        seen = Observed(
            _read_lines(directory / "pots.jsonl"),
            _read_lines(directory / "entries.jsonl"),
            _read_lines(directory / "flags.jsonl"),
        )
    else:
        seen = observe(url)
    refusals = directory / "refusals.jsonl"
    made = cases(labels, seen, _read_lines(refusals) if refusals.exists() else [])
    if not made:
        raise UnreadableInputError(f"no player of {directory / _LABELS} was in a draw")
    return made, [row["pot_id"] for row in seen.pots]


def cases(labels: Mapping[str, Row], seen: Observed, refusals: Iterable[Row]) -> list[Case]:
    """Join the truth with what happened; players without a label are left out."""
    entered = {(row["pot_id"], row["user_id"]) for row in seen.entries}
    revealed = {row["pot_id"] for row in seen.pots}
    refused = {
        (row["pot_id"], row["user_id"])
        for row in refusals
        if row["token"] in STOPPED and row["pot_id"] in revealed
    }
    found: dict[tuple[str, str], list[Row]] = {}
    for row in seen.flags:
        found.setdefault((row["pot_id"], row["user_id"]), []).append(row)
    # A player kept out altogether is a case too; one who got in after all was not stopped by that.
    stopped = refused - entered | {key for key, flags in found.items() if any(map(_holds, flags))}
    made = []
    for key in sorted(entered | stopped):
        label, flags = labels.get(key[1]), found.get(key, [])
        if label is not None:
            made.append(
                Case(
                    pot_id=key[0],
                    user_id=key[1],
                    kind=label["kind"],
                    ring=label["ring"],
                    entered=key in entered,
                    flagged=bool(flags),
                    stopped=key in stopped,
                    score=max((row["score"] for row in flags), default=0.0),
                    flag_kinds=tuple(sorted({row["kind"] for row in flags})),
                )
            )
    return made


def _holds(flag: Row) -> bool:
    return flag["effect"] in _HOLDS


def _label(account: Account) -> Row:
    return {"user_id": str(account.user_id), "kind": account.kind, "ring": account.ring}


def _write_lines(file: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _read_lines(file: Path) -> list[Row]:
    try:
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as error:
        raise UnreadableInputError(
            f"{file} cannot be read ({type(error).__name__}): name the directory that pypot fraud"
            " simulate wrote"
        ) from None
