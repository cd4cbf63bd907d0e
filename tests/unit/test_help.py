"""What `--help` shows of a command is its docstring, filled to the width of the terminal."""

import inspect
import textwrap
from collections.abc import Iterator

import pytest
import typer
from typer.testing import CliRunner

from pypot_cli.cli import app

WIDTH = 72


def commands(
    group: typer.Typer, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each command's words and docstring."""
    for command in group.registered_commands:
        assert command.callback is not None
        name = command.name or command.callback.__name__.replace("_", "-")
        yield (*path, name), inspect.getdoc(command.callback) or ""
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        yield from commands(inner.typer_instance, (*path, inner.name) if inner.name else path)


@pytest.mark.parametrize(
    ("words", "docstring"), [pytest.param(*each, id=" ".join(each[0])) for each in commands(app)]
)
def test_help_is_the_docstring_and_not_ragged(words: tuple[str, ...], docstring: str) -> None:
    env = {"COLUMNS": str(WIDTH), "TERM": "dumb"}
    shown = CliRunner().invoke(app, [*words, "--help"], env=env)
    assert shown.exit_code == 0, shown.output
    lines = [line.strip() for line in shown.output.splitlines()]
    paragraphs = [" ".join(each.split()) for each in docstring.split("\n\n")]
    assert paragraphs != [""]
    for paragraph in paragraphs:
        wrapped = textwrap.wrap(
            paragraph, WIDTH - 2, break_on_hyphens=False, break_long_words=False
        )
        at = lines.index(wrapped[0])
        assert lines[at : at + len(wrapped)] == wrapped
