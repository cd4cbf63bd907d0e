"""What the pages name is there: links, files, commands and their options; one number a decision."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import typer.main

from pypot_cli.cli import app
from pypot_cli.config import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
# Where a path between backquotes begins, if it is one of this repository.
TOP = ("docs", "pypot_cli", "sql", "supabase", "tests", "web")
# Words of a command line, as far as they could be commands: `pypot keys new --purpose log`.
USE = re.compile(r"(?<![\w./-])pypot((?: [a-z][a-z-]+)+)?((?: (?:--[a-z-]+|[^-`\n|]\S*))*)")


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """The names that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


def subcommands(command: Any) -> Mapping[str, Any]:
    return getattr(command, "commands", {})


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path) if path else page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_files_that_are_named_exist(page: Path) -> None:
    for path in re.findall(rf"`((?:{'|'.join(TOP)})/[^`\s]*)`", page.read_text()):
        assert list(ROOT.glob(path.rstrip("/").replace("<", "*").replace(">", "*"))), path


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_that_are_named_exist_with_their_options(page: Path) -> None:
    for words, rest in USE.findall(page.read_text()):
        command: Any = typer.main.get_command(app)
        for word in words.split():
            if not subcommands(command):
                break  # what follows is an argument, or prose
            assert word in subcommands(command), f"pypot{words}"
            command = subcommands(command)[word]
        known = {option for each in command.params for option in each.opts}
        assert set(re.findall(r"--[a-z-]+", rest)) <= known | {"--help"}, f"pypot{words}{rest}"


def test_every_page_is_reached_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    for page in (ROOT / "docs").glob("*.md"):
        assert f"(docs/{page.name})" in readme, page.name


def test_a_decision_has_a_number_of_its_own() -> None:
    numbers = [file.name[:4] for file in DECISIONS]
    assert len(set(numbers)) == len(numbers), numbers
    for file in DECISIONS:
        assert file.read_text().startswith(f"# {file.name[:4]} · "), file.name
