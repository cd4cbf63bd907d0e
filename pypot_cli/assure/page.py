"""docs/assurance.md: each threat with its tests and the last figures of its harnesses.

It is made of `tests/assurance/threats.toml`, of what the harnesses say of themselves, and of
`tests/assurance/figures.json`, where `pypot assure --keep` puts what they found last.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pypot_cli.assure.harness import Harness
from pypot_cli.assure.report import Report, clock, said
from pypot_cli.config import ROOT

PAGE = ROOT / "docs" / "assurance.md"
THREATS = ROOT / "tests" / "assurance" / "threats.toml"
FIGURES = ROOT / "tests" / "assurance" / "figures.json"

_HEAD = """\
# Assurance

What is done to Community Pots, what must happen, and the tests that see to it, by number. The tests
run by `./dev test`, the harnesses by `pypot assure`; figures are the last ones that were kept.
"Seen to fail without" names a guard that was taken away once, by hand, and the test that noticed.
This page is generated (`PYPOT_UPDATE_LISTS=1 ./dev test tests/assurance/test_page.py`).
"""


@dataclass(frozen=True)
class Seen:
    """That `test` failed without `guard`, which was taken away for it once."""

    guard: str
    test: str


@dataclass(frozen=True)
class Threat:
    """A line of the list: `tests` see to it, or `without` says why there are none."""

    number: int
    group: str
    done: str
    required: str
    tests: tuple[str, ...]
    without: str | None
    seen: tuple[Seen, ...]


def threats() -> list[Threat]:
    """Return every threat in order of its number."""
    groups = tomllib.loads(THREATS.read_text())
    found = [
        Threat(
            int(number),
            group,
            each["done"],
            each["required"],
            tuple(each.get("tests", ())),
            each.get("without"),
            tuple(Seen(one["guard"], one["test"]) for one in each.get("seen", ())),
        )
        for group, members in groups.items()
        for number, each in members.items()
    ]
    return sorted(found, key=lambda each: each.number)


def keep(report: Report) -> None:
    """Put what ran in the place of what was kept of the same harnesses; the rest stays."""
    kept = _kept()
    for each in report.as_json()["results"]:
        if each["left_out"] is None:
            kept[each["name"]] = each
    FIGURES.write_text(json.dumps(dict(sorted(kept.items())), indent=2) + "\n")


def markdown(harnesses: Mapping[str, Harness]) -> str:
    """Return the page."""
    return "\n".join([_HEAD, *_harnesses(harnesses), *_threats(harnesses)])


def _harnesses(harnesses: Mapping[str, Harness]) -> Iterator[str]:
    yield "| harness | what it does | minutes | seen to fail by | last run |"
    yield "|---|---|---|---|---|"
    kept = _kept()
    for name, each in harnesses.items():
        files = dict.fromkeys(control.split("::")[0] for control in each.controls)
        controls = ", ".join(f"`{file}`" for file in files)
        last = _last(kept[name]) if name in kept else "not kept yet"
        yield f"| {name} | {each.what} | {each.minutes:g} | {controls} | {last} |"


def _threats(harnesses: Mapping[str, Harness]) -> Iterator[str]:
    group = ""
    for each in threats():
        if each.group != group:
            group = each.group
            yield f"\n## {group}"
        yield f"\n**{each.number}.** {each.done} → {each.required}\n"
        if each.without is not None:
            yield f"- {each.without}"
        yield from (f"- {line}" for line in _files(each.tests))
        for one in each.seen:
            yield from (
                f"- seen to fail without {one.guard}: {line}" for line in _files((one.test,))
            )
        names = [name for name, harness in harnesses.items() if each.number in harness.threats]
        if names:
            yield f"- `pypot assure`: {', '.join(names)}"
    yield ""


def _files(tests: tuple[str, ...]) -> Iterator[str]:
    """Yield each file once, with the functions that were named in it."""
    named: dict[str, list[str]] = {}
    for test in tests:
        file, _, function = test.partition("::")
        named.setdefault(file, []).extend([function] if function else [])
    for file, functions in named.items():
        yield f"`{file}`" + (f": {', '.join(functions)}" if functions else "")


def _last(result: Mapping[str, Any]) -> str:
    outcome = f"{result['at']}, {result['outcome']} in {clock(result['seconds'])}"
    return f"{outcome}: {said(result['figures'])}"


def _kept() -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    return kept
