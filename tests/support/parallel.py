"""What running tests in several processes needs: a mark for those that do not, failures at once.

Each worker of pytest-xdist has servers of its own (`tests.support.servers`), so tests share nothing
but the machine. What needs that for itself, because it measures time or everything that runs, is
marked `alone`; `tests.support.everything` runs those after the rest, one at a time.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

# Their stage takes longer to start than most of them take: one process has it, and them all.
_TOGETHER = "tests/acceptance/lobby/"


class _Together(LoadFileScheduling):  # type: ignore[misc] # xdist has no types
    """A file in one process, and the files that share a stage too."""

    def _split_scope(self, nodeid: str) -> str:
        return _TOGETHER if nodeid.startswith(_TOGETHER) else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """What `--dist=loadfile` means here."""
    return _Together(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_configure(config: pytest.Config) -> None:
    """Declares the marker."""
    config.addinivalue_line(
        "markers", "alone: it measures the machine, so ./dev test runs nothing beside it"
    )
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Tell(config))


class _Tell:
    """Shows a failure when it happens; pytest itself keeps the text to the end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        if report.failed and terminal is not None:
            terminal.write_line("")
            terminal.write_sep("_", f"{report.when} of {report.nodeid} failed", red=True)
            terminal.write_line(report.longreprtext)
