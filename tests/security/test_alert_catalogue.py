"""`private.alert_catalogue`, the runbook of docs/operations.md and what functions raise agree."""

import re

import psycopg
import pytest

from pypot_cli.migrations.statements import tokens
from pypot_cli.migrations.tree import Tree, default_root
from tests.security.conftest import TEMPLATES

RUNBOOK = default_root().parent / "docs" / "operations.md"
# Raised by a name that a variable holds: these functions' strings are read for names instead.
BY_VARIABLE = ("run_due", "watch_pot")
NAMING = ("due_task", "watch_pot")

on_one_server = pytest.mark.parametrize("admin", TEMPLATES[:1], indirect=True)


@pytest.fixture
def catalogue(admin: psycopg.Connection) -> dict[str, str]:
    """Kind → severity."""
    rows = admin.execute("select kind, severity from private.alert_catalogue()").fetchall()
    assert len(rows) == len({kind for kind, _ in rows})
    return dict(rows)


def raised() -> tuple[set[str], set[str]]:
    """The kinds that functions raise by a literal, and the functions that raise by a variable."""
    by_name, by_variable = set(), set()
    for file in Tree(default_root()).functions:
        for outer in tokens(file.text):
            if outer.kind != "dollar":
                continue
            body = [
                each
                for each in tokens(outer.text.strip("$"))
                if each.kind not in ("space", "comment")
            ]
            for i in range(len(body) - 4):
                if [t.text for t in body[i : i + 4]] == ["private", ".", "raise_alert", "("]:
                    if body[i + 4].kind == "string":
                        by_name.add(body[i + 4].text.strip("'"))
                    else:
                        by_variable.add(file.path.rpartition("/")[2].removesuffix(".sql"))
    return by_name, by_variable


def strings_of(function: str) -> set[str]:
    (file,) = [f for f in Tree(default_root()).functions if f.path.endswith(f"/{function}.sql")]
    return set(re.findall(r"'([a-z]+(?:_[a-z]+)+)'", file.text))


def runbook() -> dict[str, str]:
    """Kind → severity, of each row of the page's table of alerts."""
    section = RUNBOOK.read_text().partition("\n## Alerts\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([a-z_]+)` \| (page|ticket) \| \S", section, re.MULTILINE)
    assert len(rows) == len(set(rows))
    return dict(rows)


@on_one_server
def test_every_kind_that_is_raised_is_in_the_catalogue(catalogue: dict[str, str]) -> None:
    by_name, by_variable = raised()
    assert by_variable == set(BY_VARIABLE)
    assert {"low_stock", "reveal_rejected", "pot_stuck"} <= by_name
    assert by_name - set(catalogue) == set()
    late = {kind for kind in strings_of("due_task") if kind.endswith("_late")}
    assert late == {"settlement_late", "beacon_late"}
    assert {"escrow_not_zero", "chain_broken"} <= strings_of("watch_pot")
    assert late | {"escrow_not_zero", "chain_broken"} <= set(catalogue)


@on_one_server
def test_every_kind_of_the_catalogue_is_raised_somewhere(catalogue: dict[str, str]) -> None:
    by_name, _ = raised()
    said = by_name.union(*(strings_of(each) for each in NAMING))
    assert set(catalogue) - said == set()


@on_one_server
def test_the_runbook_has_an_entry_for_each(catalogue: dict[str, str]) -> None:
    assert runbook() == catalogue
