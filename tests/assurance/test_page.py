"""docs/assurance.md names every threat, tests that exist, and is what its sources make of it."""

import ast
import os
from functools import cache
from pathlib import Path

import pytest

from pypot_cli.assure import Harness, find, page
from pypot_cli.config import ROOT

THREATS = page.threats()


@cache
def functions(file: Path) -> frozenset[str]:
    """The tests of a file of Python, those of classes too."""
    return frozenset(
        node.name
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def missing(test: str) -> str | None:
    """What of FILE or FILE::NAME does not exist, if anything."""
    path, _, function = test.partition("::")
    file = ROOT / path
    if not file.is_file() or not (file.name.startswith("test_") or file.suffix == ".sql"):
        return f"{path} is no file of tests"
    if function and function not in functions(file):
        return f"{path} has no {function}"
    return None


def test_the_threats_are_all_there_once() -> None:
    assert [each.number for each in THREATS] == list(range(1, 48))


@pytest.mark.parametrize("threat", THREATS, ids=lambda each: str(each.number))
def test_a_threat_has_tests_that_exist_or_says_why_it_has_none(threat: page.Threat) -> None:
    assert bool(threat.tests) != bool(threat.without)
    assert [said for test in threat.tests if (said := missing(test))] == []


@pytest.mark.parametrize("threat", THREATS, ids=lambda each: str(each.number))
def test_what_was_seen_to_fail_is_among_the_threats_tests(threat: page.Threat) -> None:
    files = {test.partition("::")[0] for test in threat.tests}
    for one in threat.seen:
        assert missing(one.test) is None
        assert one.test.partition("::")[0] in files
        assert one.guard


@pytest.mark.parametrize("harness", find().values(), ids=lambda each: each.name)
def test_a_harness_names_threats_and_controls_that_exist(harness: Harness) -> None:
    assert set(harness.threats) <= {each.number for each in THREATS}
    assert harness.threats
    assert harness.controls
    assert [said for test in harness.controls if (said := missing(test))] == []


def test_a_test_that_does_not_exist_is_found() -> None:
    here = "tests/assurance/test_page.py"
    assert missing(here) is None
    assert missing(f"{here}::missing") is None
    assert missing(f"{here}::nobody") == f"{here} has no nobody"
    assert missing("tests/none.py") == "tests/none.py is no file of tests"
    assert missing("tests/assurance/threats.toml") is not None


def test_the_page_is_what_its_sources_make_of_it() -> None:
    wanted = page.markdown(find())
    if os.environ.get("PYPOT_UPDATE_LISTS") and page.PAGE.read_text() != wanted:
        page.PAGE.write_text(wanted)
        pytest.fail("docs/assurance.md is rewritten; review and run again")
    assert page.PAGE.read_text() == wanted, "PYPOT_UPDATE_LISTS=1 rewrites the page"
