"""docs/services.md names the events, measurements, options and variables that there are."""

import re
from pathlib import Path

import pytest
import typer.main

from pypot_cli.cli import app
from pypot_cli.config import ROOT
from pypot_cli.monitor import Monitor

PAGE = (ROOT / "docs" / "services.md").read_text()
SOURCES = [
    *(ROOT / "pypot_cli" / f"{name}.py" for name in ("orchestrator", "settlement", "service")),
    *(ROOT / "pypot_cli" / f"{name}.py" for name in ("supabase_api", "wake")),
    ROOT / "pypot_cli" / "audit_log" / "timer.py",
    *(ROOT / "pypot_cli" / "beacon" / f"{name}.py" for name in ("submitter", "rounds", "source")),
]


def names_in(rows: str) -> set[str]:
    """What stands between backquotes in the first column of a table."""
    return {name for row in rows.splitlines() for name in re.findall("`(.+?)`", row.split("|")[1])}


def table(heading: str) -> str:
    """The last table below a heading."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return "\n".join(line for line in section.splitlines() if line.startswith("|"))


def test_the_events_are_those_that_are_logged() -> None:
    logged = {
        name
        for source in SOURCES
        for name in re.findall(r'log\(\s*"([a-z_]+)"', source.read_text())
    }
    assert {"started", "attested", "settled"} <= logged
    assert names_in(table("Logs")) == logged


def test_the_measurements_are_those_that_are_shown() -> None:
    monitor = Monitor("test", 1.0)
    monitor.event("started")
    shown = {
        f"{metric.name}_total" if metric.type == "counter" else metric.name
        for metric in monitor.registry.collect()
    }
    assert {name.split("{")[0] for name in names_in(table("Health and metrics"))} == {
        "/metrics",
        *shown,
    }


@pytest.mark.parametrize("command", ["orchestrate", "settle"])
def test_the_commands_have_the_options_that_are_given_to_them(command: str) -> None:
    known = {
        option
        for parameter in typer.main.get_command(app).commands[command].params  # type: ignore[attr-defined]
        for option in parameter.opts
    }
    lines = re.findall(rf"pypot {command} (-.*)", PAGE)
    given = {option for line in lines for option in re.findall(r"--[a-z-]+", line)}
    assert given
    assert given <= known | {"--help"}


def test_the_variables_are_read_somewhere() -> None:
    code = "".join(path.read_text() for path in Path(ROOT / "pypot_cli").rglob("*.py"))
    for name in set(re.findall(r"\b(?:PYPOT|SUPABASE)_[A-Z_]+", PAGE)):
        assert f'"{name}"' in code, name
