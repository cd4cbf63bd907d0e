"""The program in the page is what its sources say, and its fairness parts know no game."""

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from tests.support import proof_page
from tests.support.fixtures import unavailable
from tests.support.packages import MissingProgramError

FAIRNESS = proof_page.SOURCES / "src" / "fairness"


@pytest.fixture(scope="module")
def node_modules() -> Iterator[Path]:
    try:
        yield proof_page.node_modules()
    except MissingProgramError as error:
        unavailable(str(error))


@pytest.mark.usefixtures("node_modules")
def test_building_from_the_lock_file_gives_the_bytes_that_are_kept(tmp_path: Path) -> None:
    proof_page.run("node", "build.mjs", str(tmp_path))
    built = sorted(file.name for file in tmp_path.iterdir())
    assert built == ["page.js", "style.css"]
    for name in built:
        kept = (files("pypot_cli.proof_page") / name).read_bytes()
        assert kept == (tmp_path / name).read_bytes(), f"run npm run build in {proof_page.SOURCES}"


@pytest.mark.usefixtures("node_modules")
def test_the_sources_have_exact_types() -> None:
    proof_page.run("npm", "run", "--silent", "check")


def test_what_is_kept_ends_no_element_of_the_page() -> None:
    for name in ("page.js", "style.css"):
        text = (files("pypot_cli.proof_page") / name).read_text("utf-8")
        assert not re.search("</(script|style)|<!--|\r", text, re.IGNORECASE)


def test_the_fairness_parts_know_no_game_and_need_nothing_else_of_the_page() -> None:
    sources = sorted(FAIRNESS.glob("*.ts"))
    assert len(sources) > 5
    for source in sources:
        text = source.read_text("utf-8")
        assert not re.search(r"\bpots?\b|/pots", text, re.IGNORECASE), source.name
        for place in re.findall(r'from "([^"]+)"', text):
            assert place.startswith(("./", "@noble/curves/")), (source.name, place)


def test_no_text_becomes_markup_anywhere_in_the_sources() -> None:
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function"
    for source in (proof_page.SOURCES / "src").rglob("*.ts"):
        code = re.sub(r"/\*.*?\*/", "", source.read_text("utf-8"), flags=re.DOTALL)
        assert not re.search(forbidden, code), source.name
